/** A thread's stack in a line, and all of them as text. */
import type { ThreadStack, ThreadStacks } from '@weir/console-protocol';

export interface ThreadLine {
  /** The user's innermost frame, else the innermost. */
  readonly frame: string;
  readonly place: string;
}

export function threadLine({ stack }: ThreadStack): ThreadLine {
  const shown = stack.find(({ kind }) => kind === 'user') ?? stack[0];
  if (shown === undefined) return { frame: '', place: '' };
  const file = shown.file.split('/').at(-1);
  const at = shown.kind === 'user' ? ` ${file}:${shown.line}` : '';
  return { frame: `${shown.function}${at}`, place: `${shown.file}:${shown.line}` };
}

export function stacksText({ t, threads }: ThreadStacks): string {
  const texts = threads.map(({ name, state, operator, stack }) => {
    const where = operator === null ? '' : ` in ${operator.name}#${operator.subtask}`;
    const frames = stack.map((one) => `    at ${one.function} (${one.file}:${one.line})`);
    return [`"${name}" ${state}${where}`, ...frames].join('\n');
  });
  return `${new Date(t).toISOString()}\n\n${texts.join('\n\n')}\n`;
}
