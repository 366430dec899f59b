import { type ErrorCode, isWeirError, WeirError } from '../errors.ts';

/**
 * A value that is not of its type. `path` (`.flight.legs[2]`) leads to the misfit from the value
 * that was to be written; callers on the way out prepend their step with `atPath`.
 */
export function misfit(problem: string, path = '', code: ErrorCode = 'TYPE_INVALID'): WeirError {
  const where = path === '' ? 'the value' : `the field ${path.replace(/^\./, '')}`;
  return new WeirError(code, `${where} ${problem}`, { context: { path, problem } });
}

/** Expected one thing, got another. */
export function mismatch(expected: string, value: unknown, path = ''): WeirError {
  return misfit(`must be ${expected}, but is ${describe(value)}`, path);
}

/** The same misfit, seen from one level further out; other errors pass unchanged. */
export function atPath(error: unknown, step: string): unknown {
  if (!isWeirError(error)) return error;
  const { path, problem } = error.context;
  if (typeof path !== 'string' || typeof problem !== 'string') return error;
  return misfit(problem, step + path, error.code);
}

/** A field's step in a path: `.name`, or `["odd name"]`. */
export function fieldStep(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`;
}

const SHOWN_MAX = 40;

function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value === 'string') {
    const shown = value.length > SHOWN_MAX ? `${value.slice(0, SHOWN_MAX)}…` : value;
    return `the string ${JSON.stringify(shown)}`;
  }
  if (typeof value === 'object') {
    if (value instanceof Promise) return 'a promise (await it, or use asyncMap)';
    return `an object of class ${value.constructor?.name ?? '(none)'}`;
  }
  if (typeof value === 'function') return 'a function';
  return `the ${typeof value} ${String(value)}`;
}
