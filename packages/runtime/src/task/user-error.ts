import { type InvariantError, isWeirError, WeirError } from '@weir/core';
import type { OperatorNode } from '@weir/graph';

/** The engine's own files; their tests stand for user code. */
const ENGINE_FOLDER = new URL(import.meta.url.endsWith('.ts') ? '../../../' : './', import.meta.url)
  .pathname;

/**
 * What a user is told about an error in an operator: which operator, which subtask, which line;
 * where no line of the user's is on the stack, the line that defines the operator.
 * Errors of ours keep their code and get the operator's name if they had none; anything else
 * becomes USER_FUNCTION_FAILED with its cause.
 */
export function operatorError(error: unknown, node: OperatorNode, subtask: number): Error {
  if (isInvariantError(error)) return error;
  if (isWeirError(error)) return named(error, node, subtask);
  const position = userPosition(error, node.origin);
  const what = position === null ? operatorText(node) : typeText(node);
  const at = position === null ? '' : ` at ${position}`;
  const message = `${what} failed${at}: ${messageOf(error)}`;
  const context = {
    operator: node.name,
    operatorId: node.id,
    subtask,
    position: position ?? node.origin,
  };
  const result = new WeirError('USER_FUNCTION_FAILED', message, {
    retryable: true,
    context,
    cause: error,
  });
  // The frames that help are those of the cause.
  if (error instanceof Error) result.stack = `${result.name}: ${message}`;
  return result;
}

/** `map "parse" (defined at jobs/flights.ts:40)` */
export function operatorText(node: OperatorNode): string {
  return node.origin === null ? typeText(node) : `${typeText(node)} (defined at ${node.origin})`;
}

/** `jobs/flights.ts:42` out of an error's stack; null where it names no file of the user's. */
export function userPosition(error: unknown, origin: string | null): string | null {
  if (!(error instanceof Error) || error.stack === undefined) return null;
  for (const line of error.stack.split('\n')) {
    const match = /^\s*at (?:.*\()?(?:file:\/\/)?([^()]+?):(\d+):\d+\)?$/.exec(line);
    if (match === null) continue;
    const file = match[1]!;
    if (file.startsWith('node:') || file.includes('/node_modules/') || file.includes('#')) continue;
    if (file.startsWith(ENGINE_FOLDER) && !file.includes('.test.')) continue;
    return `${shortFile(file, origin)}:${match[2]}`;
  }
  return null;
}

function named(error: WeirError, node: OperatorNode, subtask: number): WeirError {
  const { code, retryable, cause, message } = error;
  if ('position' in error.context) return error;
  const at = userPosition(error, node.origin) ?? userPosition(cause, node.origin);
  const position = at ?? node.origin;
  const context = { ...error.context, operator: node.name, operatorId: node.id, subtask, position };
  const result = new WeirError(code, namedMessage(error, node, at), {
    retryable,
    context,
    cause,
  });
  if (error.stack !== undefined) result.stack = error.stack.replace(message, result.message);
  return result;
}

function namedMessage(error: WeirError, node: OperatorNode, at: string | null): string {
  const { message, context } = error;
  if ('operator' in context && node.origin === null) return message;
  // The message names the operator already.
  if ('operator' in context) return `${message} (${operatorText(node)})`;
  return `${at === null ? operatorText(node) : `${typeText(node)} at ${at}`}: ${message}`;
}

function typeText({ operatorType, name }: OperatorNode): string {
  return `${operatorType.slice(0, 1).toLowerCase()}${operatorType.slice(1)} "${name}"`;
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
