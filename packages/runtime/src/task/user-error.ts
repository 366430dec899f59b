import { type InvariantError, isWeirError, WeirError } from '@weir/core';
import type { OperatorNode } from '@weir/graph';

/**
 * What a user is told about an error in an operator: which operator, which subtask, which line.
 * Errors of ours keep their code and get the operator's name if they had none; anything else
 * becomes USER_FUNCTION_FAILED with its cause.
 */
export function operatorError(error: unknown, node: OperatorNode, subtask: number): Error {
  if (isInvariantError(error)) return error;
  const what = `${lowerFirst(node.operatorType)} "${node.name}"`;
  if (isWeirError(error)) return named(error, what, node, subtask);
  const at = userPosition(error, node.origin);
  const where = at === null ? '' : ` at ${at}`;
  return new WeirError('USER_FUNCTION_FAILED', `${what} failed${where}: ${messageOf(error)}`, {
    retryable: true,
    context: { operator: node.name, operatorId: node.id, subtask, position: at },
    cause: error,
  });
}

/** `jobs/flights.ts:42` out of an error's stack; null where it names no file of the user's. */
export function userPosition(error: unknown, origin: string | null): string | null {
  if (!(error instanceof Error) || error.stack === undefined) return null;
  for (const line of error.stack.split('\n')) {
    const match = /^\s*at (?:.*\()?(?:file:\/\/)?([^()]+?):(\d+):\d+\)?$/.exec(line);
    if (match === null) continue;
    const file = match[1]!;
    if (file.startsWith('node:') || file.includes('/node_modules/') || file.includes('#')) continue;
    return `${shortFile(file, origin)}:${match[2]}`;
  }
  return null;
}

function named(error: WeirError, what: string, node: OperatorNode, subtask: number): WeirError {
  if ('operator' in error.context) return error;
  const context = { ...error.context, operator: node.name, operatorId: node.id, subtask };
  const { code, retryable, cause } = error;
  const result = new WeirError(code, `${what}: ${error.message}`, { retryable, context, cause });
  if (error.stack !== undefined) result.stack = error.stack;
  return result;
}

/** As the operator's own origin spells its file, else folder and name. */
function shortFile(file: string, origin: string | null): string {
  const originFile = origin?.replace(/:\d+(:\d+)?$/, '') ?? null;
  if (originFile !== null && file.endsWith(originFile)) return originFile;
  return file.split('/').slice(-2).join('/');
}

function isInvariantError(error: unknown): error is InvariantError {
  return error instanceof Error && error.name === 'InvariantError';
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function lowerFirst(text: string): string {
  return text.slice(0, 1).toLowerCase() + text.slice(1);
}
