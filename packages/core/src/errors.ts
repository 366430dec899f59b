/**
 * The two kinds of error that Weir throws, and the form in which they cross threads and sockets.
 *
 * - `InvariantError`: a bug of ours. It fails the task, shows the values and is never retried in place.
 * - `WeirError`: everything else. `code` is a closed union, `message` tells the user what to do next.
 */

/** Every error that a user can meet has one of these codes; adding one is adding it here. */
export type ErrorCode =
  | 'ARGUMENT_INVALID'
  | 'BATCH_UNSUPPORTED'
  | 'CHECKPOINT_DECLINED'
  | 'CHECKPOINT_EXPIRED'
  | 'CHECKPOINT_FAILED'
  | 'CHECKPOINT_FILE_CORRUPT'
  | 'CLASS_NOT_REGISTERED'
  | 'COMMIT_LOST'
  | 'CONFIG_INVALID'
  | 'DATA_DIRECTORY_LOCKED'
  | 'FORMAT_INVALID'
  | 'JOB_DEFINITION_INVALID'
  | 'JOB_DEFINITION_NOT_DETERMINISTIC'
  | 'JOB_FAILED'
  | 'JOB_NOT_FOUND'
  | 'JOB_STATE_INVALID'
  | 'KEY_CONTEXT_LOST'
  | 'PROMISE_RETURNED'
  | 'REQUEST_FORBIDDEN'
  | 'REQUEST_INVALID'
  | 'RESOURCE_NOT_FOUND'
  | 'SAVEPOINT_NOT_FOUND'
  | 'SCHEMA_REGISTRY_FAILED'
  | 'SERVER_UNREACHABLE'
  | 'SINK_FAILED'
  | 'SOURCE_FAILED'
  | 'STATE_INCOMPATIBLE'
  | 'STATE_UNCLAIMED'
  | 'STORAGE_FAILED'
  | 'TASK_BLOCKED'
  | 'TASK_FAILED'
  | 'TASK_MANAGER_LOST'
  | 'TIMEOUT'
  | 'TYPE_INVALID'
  | 'USER_FUNCTION_FAILED';

/** Values that explain an error; they are shown to the user, so no secrets belong here. */
export type ErrorContext = Readonly<Record<string, string | number | boolean | null>>;

export interface WeirErrorOptions {
  readonly retryable?: boolean;
  readonly context?: ErrorContext;
  readonly cause?: unknown;
}

export class WeirError extends Error {
  override readonly name = 'WeirError';
  readonly code: ErrorCode;
  readonly retryable: boolean;
  readonly context: ErrorContext;

  constructor(code: ErrorCode, message: string, options: WeirErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.retryable = options.retryable ?? false;
    this.context = options.context ?? {};
  }
}

export class InvariantError extends Error {
  override readonly name = 'InvariantError';
  readonly context: ErrorContext;

  constructor(message: string, context: ErrorContext = {}) {
    super(`${message} ${JSON.stringify(context)}`);
    this.context = context;
  }
}

/** Throws `InvariantError` with the given values unless `condition` holds. */
export function invariant(
  condition: unknown,
  message: string,
  context?: ErrorContext,
): asserts condition {
  if (!condition) throw new InvariantError(message, context);
}

/** An error as plain data: structured clone and JSON keep every field. */
export interface WireError {
  readonly name: string;
  readonly code: ErrorCode | null;
  readonly message: string;
  readonly stack: string;
  readonly retryable: boolean;
  readonly context: ErrorContext;
  readonly cause: WireError | null;
}

const CAUSE_DEPTH_MAX = 8;

/** Turns any thrown value into plain data; never throws. */
export function toWire(error: unknown, depth = 0): WireError {
  if (!(error instanceof Error)) {
    const message = typeof error === 'string' ? error : `thrown value: ${describe(error)}`;
    return wire('Error', null, message, '', false, {}, null);
  }
  const cause =
    error.cause === undefined || depth >= CAUSE_DEPTH_MAX ? null : toWire(error.cause, depth + 1);
  const stack = error.stack ?? '';
  if (isWeirError(error)) {
    const { code, retryable, context } = error;
    return wire('WeirError', code, error.message, stack, retryable, context, cause);
  }
  if (error.name === 'InvariantError') {
    const context = (error as InvariantError).context ?? {};
    return wire('InvariantError', null, error.message, stack, false, context, cause);
  }
  return wire(error.name, null, error.message, stack, true, {}, cause);
}

/** The inverse of `toWire`; the stack shown is the one from where the error was thrown. */
export function fromWire(data: WireError): Error {
  const cause = data.cause === null ? undefined : fromWire(data.cause);
  let error: Error;
  if (data.code !== null) {
    const { retryable, context } = data;
    error = new WeirError(data.code, data.message, { retryable, context, cause });
  } else {
    error = new Error(data.message, cause === undefined ? undefined : { cause });
    error.name = data.name;
  }
  error.stack = data.stack;
  return error;
}

/** True for a WeirError of this or another copy of the module (bundles carry their own). */
export function isWeirError(error: unknown): error is WeirError {
  return error instanceof Error && error.name === 'WeirError' && 'code' in error;
}

function wire(
  name: string,
  code: ErrorCode | null,
  message: string,
  stack: string,
  retryable: boolean,
  context: ErrorContext,
  cause: WireError | null,
): WireError {
  return { name, code, message, stack, retryable, context, cause };
}

function describe(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return String(value);
  }
}
