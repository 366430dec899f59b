/**
 * Sends what a job program prints to the server instead of to a terminal that nobody sees: the
 * console's methods and, in a slot, whatever is written to standard output and standard error.
 *
 * Bounded where it is printed: a job that prints for every record keeps its first lines of each
 * second. Its lines take the same way as states and checkpoints, which they must not hold up.
 */
import { format } from 'node:util';
import type { LogEntry } from '@weir/runtime';

const LINES_PER_SECOND_MAX = 1000;
/** With what is said of the rest, a log keeps a line whole. */
const TEXT_LENGTH_MAX = 8000;

const LEVELS = {
  debug: 'debug',
  log: 'info',
  info: 'info',
  warn: 'warn',
  error: 'error',
  trace: 'debug',
} as const satisfies Record<string, LogEntry['level']>;

type Forward = (level: LogEntry['level'], text: string) => void;

/** Lines of one thread, as many as a second may have. */
export function boundedForward(send: (entry: LogEntry) => void, nowMs: () => number): Forward {
  let second = 0;
  let lines = 0;
  return (level, text) => {
    const atMs = nowMs();
    if (Math.floor(atMs / 1000) !== second) {
      const dropped = lines - LINES_PER_SECOND_MAX;
      second = Math.floor(atMs / 1000);
      lines = 0;
      if (dropped > 0)
        send(entryOf(atMs, 'warn', `${dropped} more lines were printed and dropped`));
    }
    if (++lines > LINES_PER_SECOND_MAX) return;
    send(entryOf(atMs, level, bounded(text)));
  };
}

/** Replaces the console's methods of this thread. */
export function forwardConsole(send: (entry: LogEntry) => void): void {
  replaceConsole(boundedForward(send, Date.now));
}

/** Replaces all that this thread prints by. */
export function forwardOutput(send: (entry: LogEntry) => void): void {
  const forward = boundedForward(send, Date.now);
  replaceConsole(forward);
  replaceWrite(process.stdout, 'info', forward);
  replaceWrite(process.stderr, 'warn', forward);
}

/** What is left out is said, so that nobody looks for it. */
function bounded(text: string): string {
  const over = text.length - TEXT_LENGTH_MAX;
  return over <= 0 ? text : `${text.slice(0, TEXT_LENGTH_MAX)}… (${over} more characters)`;
}

export function entryOf(atMs: number, level: LogEntry['level'], text: string): LogEntry {
  return { atMs, level, text, vertexId: null, subtask: null };
}

function replaceConsole(forward: Forward): void {
  for (const [method, level] of Object.entries(LEVELS)) {
    const target = console as unknown as Record<string, (...values: unknown[]) => void>;
    target[method] = (...values) => forward(level, format(...values));
  }
}

function replaceWrite(stream: NodeJS.WriteStream, level: LogEntry['level'], forward: Forward) {
  const decoder = new TextDecoder();
  /** The last line, not ended yet. */
  let rest = '';
  const write = (chunk: string | Uint8Array, ...more: unknown[]): boolean => {
    const text = typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true });
    const lines = (rest + text).split('\n');
    rest = (lines.pop() ?? '').slice(-TEXT_LENGTH_MAX);
    for (const line of lines) forward(level, line);
    const done = more.at(-1);
    if (typeof done === 'function') queueMicrotask(() => done());
    return true;
  };
  stream.write = write as typeof stream.write;
}
