/** Errors as the stack texts that Flink's resources carry. */
import type { WireError } from '@weir/core';
import { withoutSecrets } from './redaction.ts';

/**
 * The stack with its causes, "Caused by" before each, as on the JVM.
 * @param messageMax characters of each message; its frames stay, since they say where.
 */
export function stackText(error: WireError, messageMax = Number.POSITIVE_INFINITY): string {
  const parts: string[] = [];
  for (let one: WireError | null = error; one !== null; one = one.cause) {
    const head = `${errorName(one)}: ${cut(one.message, messageMax)}`;
    const frames = one.stack.split('\n').filter((line) => /^\s+at /.test(line));
    const text = [head, ...frames].join('\n');
    parts.push(parts.length === 0 ? text : `Caused by: ${text}`);
  }
  return withoutSecrets(parts.join('\n'));
}

export function errorName(error: WireError): string {
  return error.code ?? error.name;
}

/**
 * What began it all, below what was made of it on its way up. What the operating system calls a
 * thing (ENOSPC: …) is left to the one who explained it.
 */
export function firstCause(error: WireError): WireError {
  let first = error;
  while (first.cause !== null && !/^E[A-Z]+: /.test(first.cause.message)) first = first.cause;
  return first;
}

/** Of a chain, the operator in which it happened, by its own name; null where nobody knows. */
export function failedOperator(error: WireError): string | null {
  for (let one: WireError | null = error; one !== null; one = one.cause) {
    const { operator } = one.context;
    if (typeof operator === 'string' && operator !== '') return ownName(operator);
  }
  return null;
}

/** Without the role that Flink writes before it. */
export function ownName(operator: string): string {
  return operator.replace(/^(Source|Sink): /, '');
}

function cut(text: string, max: number): string {
  return text.length <= max ? text : `${text.slice(0, max)}…`;
}
