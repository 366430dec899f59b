/**
 * Sends what a job program prints to the server instead of to a terminal that nobody sees.
 * Bounded: a job that prints for every record keeps its first lines of each second.
 */
import { format } from 'node:util';
import type { LogEntry } from '@weir/runtime';

const LINES_PER_SECOND_MAX = 200;
const TEXT_LENGTH_MAX = 8192;

const LEVELS = {
  debug: 'debug',
  log: 'info',
  info: 'info',
  warn: 'warn',
  error: 'error',
  trace: 'debug',
} as const satisfies Record<string, LogEntry['level']>;

/** Replaces the console's methods of this thread. */
export function forwardConsole(send: (entry: LogEntry) => void): void {
  let second = 0;
  let lines = 0;
  const forward = (level: LogEntry['level'], values: readonly unknown[]): void => {
    const atMs = Date.now();
    if (Math.floor(atMs / 1000) !== second) {
      const dropped = lines - LINES_PER_SECOND_MAX;
      second = Math.floor(atMs / 1000);
      lines = 0;
      if (dropped > 0)
        send(entryOf(atMs, 'warn', `${dropped} more lines were printed and dropped`));
    }
    if (++lines > LINES_PER_SECOND_MAX) return;
    send(entryOf(atMs, level, format(...values).slice(0, TEXT_LENGTH_MAX)));
  };
  for (const [method, level] of Object.entries(LEVELS)) {
    const target = console as unknown as Record<string, (...values: unknown[]) => void>;
    target[method] = (...values) => forward(level, values);
  }
}

export function entryOf(atMs: number, level: LogEntry['level'], text: string): LogEntry {
  return { atMs, level, text, vertexId: null, subtask: null };
}
