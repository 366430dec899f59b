/** A stack text taken apart: the first cause, and whose frames lead to it. */

export interface StackFrame {
  readonly name: string;
  /** Absolute path, or what Node calls it. */
  readonly file: string;
  readonly line: number;
  /** Neither the engine's nor Node's nor a package's. */
  readonly own: boolean;
}

export interface ParsedStack {
  readonly name: string;
  readonly message: string;
  /** Innermost first. */
  readonly frames: readonly StackFrame[];
}

const FRAME = /^\s*at (?:async )?(?:(.*?) \()?([^()]+?):(\d+):\d+\)?$/;
const PACKAGES = /\/(core|datastream|formats|graph|metrics|runtime|connector-\w+)\/src\//;
const NOT_OWN = /\/node_modules\/|\/apps\/(server|cli)\/src\/|\/dist\/engine\//;
const CAUSE = 'Caused by: ';

/** The last cause of a stack is the first in time: what the user has to look at. */
export function parseStack(stack: string): ParsedStack {
  const lines = stack.split('\n');
  const begin = Math.max(
    0,
    lines.findLastIndex((line) => line.startsWith(CAUSE)),
  );
  const frames = lines.slice(begin + 1).flatMap(frameOf);
  const head: string[] = [];
  for (const line of lines.slice(begin)) {
    if (/^\s*at /.test(line)) break;
    head.push(line);
  }
  const text = head.join('\n').trim().replace(CAUSE, '');
  const named = /^([\w.$]+): ([\s\S]*)$/.exec(text);
  return {
    name: named?.[1] ?? text.split('\n')[0] ?? 'Error',
    message: named?.[2] ?? '',
    frames: frames.length > 0 ? frames : lines.flatMap(frameOf),
  };
}

export function ownFrame({ frames }: ParsedStack): StackFrame | null {
  return frames.find(({ own }) => own) ?? null;
}

/** `lookup.ts:21`. */
export function placeText({ file, line }: Pick<StackFrame, 'file' | 'line'>): string {
  return `${file.split('/').at(-1)}:${line}`;
}

function frameOf(text: string): StackFrame[] {
  const match = FRAME.exec(text);
  if (match === null) return [];
  const [, name = '', location = '', line] = match;
  const file = location.replace(/^file:\/\//, '');
  const engine = file.includes('/packages/') && PACKAGES.test(file);
  const own = file.startsWith('/') && !engine && !NOT_OWN.test(file);
  return [{ name: name === '' ? '(anonymous)' : name, file, line: Number(line), own }];
}
