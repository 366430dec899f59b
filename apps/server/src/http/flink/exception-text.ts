/** Errors as the stack texts that Flink's resources carry. */
import type { WireError } from '@weir/core';
import { withoutSecrets } from './redaction.ts';

/** The stack with its causes, "Caused by" before each, as on the JVM. */
export function stackText(error: WireError): string {
  const parts: string[] = [];
  for (let one: WireError | null = error; one !== null; one = one.cause) {
    const head = `${errorName(one)}: ${one.message}`;
    const frames = one.stack.split('\n').filter((line) => /^\s+at /.test(line));
    const text = [head, ...frames].join('\n');
    parts.push(parts.length === 0 ? text : `Caused by: ${text}`);
  }
  return withoutSecrets(parts.join('\n'));
}

export function errorName(error: WireError): string {
  return error.code ?? error.name;
}
