/**
 * Errors as Flink's REST API reports them: `{"errors": [text, …]}`, each text a class, a message
 * and a whole stack trace. People need the message.
 */
import { type ErrorCode, WeirError } from '@weir/core';

export class FlinkRestError extends WeirError {
  /** HTTP status; 0 = no answer. */
  readonly status: number;
  readonly url: string;

  constructor(
    status: number,
    url: string,
    message: string,
    options: { readonly code?: ErrorCode; readonly cause?: unknown } = {},
  ) {
    const retryable = status === 0 || status === 503;
    const code = options.code ?? (status === 0 ? 'SERVER_UNREACHABLE' : 'REQUEST_INVALID');
    super(code, message, { retryable, context: { status, url }, cause: options.cause });
    this.status = status;
    this.url = url;
  }
}

/**
 * The sentence within one of Flink's error texts: without stack, exception classes and the frame
 * that "Internal server error" puts around it. The last cause wins, being the first one in time.
 */
export function errorMessage(errors: readonly string[]): string {
  const texts = errors.map(oneMessage).filter((text) => text !== '');
  const specific = texts.filter((text) => text !== 'Internal server error.');
  return (specific.length > 0 ? specific : texts).join(' ');
}

const EXCEPTION_CLASS = /^(?:[\w$]+\.)+[\w$]*(?:Exception|Error|Throwable|Failure)(?::\s*|$)/;

/** What the operating system calls a thing (ENOSPC: …) is left to the one who explained it. */
const OF_SYSTEM = /^Caused by: Error: E[A-Z]+: /;
/** Weir's own names of errors, as STORAGE_FAILED. */
const CODE = /^[A-Z]+(?:_[A-Z]+)+: /;

function oneMessage(error: string): string {
  const lines = error
    .replace(/^<Exception on server side:\s*/, '')
    .replace(/\s*End of exception on server side>\s*$/, '')
    .split('\n');
  const causes = lines.filter((line) => line.startsWith('Caused by: ') && !OF_SYSTEM.test(line));
  const line = causes.at(-1)?.slice('Caused by: '.length) ?? lines[0] ?? '';
  let text = line.trim();
  let stripped = text.replace(EXCEPTION_CLASS, '');
  while (stripped !== text && stripped !== '') {
    text = stripped;
    stripped = text.replace(EXCEPTION_CLASS, '');
  }
  return text.replace(CODE, '');
}
