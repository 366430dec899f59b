/** Errors as Flink's clients expect them: a status and `{"errors": [sentence]}`. */
import { isWeirError, toWire, type ErrorCode } from '@weir/core';
import type { NextFunction, Request, Response } from 'express';
import { withoutSecrets } from './flink/redaction.ts';
import type { ServerLog } from './http-options.ts';

const STATUS: Partial<Record<ErrorCode, number>> = {
  ARGUMENT_INVALID: 400,
  BATCH_UNSUPPORTED: 400,
  CLASS_NOT_REGISTERED: 400,
  CONFIG_INVALID: 400,
  FORMAT_INVALID: 400,
  JOB_DEFINITION_INVALID: 400,
  JOB_DEFINITION_NOT_DETERMINISTIC: 400,
  JOB_NOT_FOUND: 404,
  JOB_STATE_INVALID: 409,
  REQUEST_FORBIDDEN: 403,
  REQUEST_INVALID: 400,
  RESOURCE_NOT_FOUND: 404,
  SAVEPOINT_NOT_FOUND: 404,
  STATE_INCOMPATIBLE: 400,
  STATE_UNCLAIMED: 400,
  TYPE_INVALID: 400,
};

export function sendErrors(response: Response, status: number, ...errors: string[]): void {
  response.status(status).type('application/json').send(JSON.stringify({ errors }));
}

/** Express' last middleware: nothing is swallowed, and no stack leaves the server. */
export function errorHandler(log: ServerLog) {
  return (error: unknown, request: Request, response: Response, next: NextFunction): void => {
    if (response.headersSent) {
      next(error);
      return;
    }
    const parser = bodyParserStatus(error);
    if (parser !== null) {
      sendErrors(response, parser.status, parser.message);
      return;
    }
    if (isWeirError(error)) {
      const status = STATUS[error.code] ?? 500;
      if (status === 500)
        log('error', `${request.method} ${request.path}: ${error.message}`, error);
      const errors = [withoutSecrets(error.message)];
      const body = { errors, code: error.code, context: error.context };
      response.status(status).type('application/json').send(JSON.stringify(body));
      return;
    }
    log('error', `${request.method} ${request.path}: ${toWire(error).message}`, error);
    sendErrors(response, 500, 'Internal server error.', 'See the server log for the cause.');
  };
}

/** What express' JSON parser throws: too large, malformed, a wrong charset. */
function bodyParserStatus(error: unknown): { status: number; message: string } | null {
  if (!(error instanceof Error) || !('status' in error) || !('type' in error)) return null;
  const { status, type } = error;
  if (typeof status !== 'number' || typeof type !== 'string') return null;
  if (type === 'entity.too.large') return { status, message: 'The request body is too large.' };
  return { status, message: `The request body could not be read: ${error.message}` };
}
