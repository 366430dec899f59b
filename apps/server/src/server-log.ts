/**
 * The server's log: JSON lines in the data directory through pino, the last lines in memory for the
 * console, and on the terminal only what somebody has to act on.
 */
import { closeSync, existsSync, openSync, renameSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import type { DispatcherLog } from './dispatcher/dispatcher-log.ts';

const LINES_KEPT = 2000;
const FILE_BYTES_MAX = 16_777_216;
const WARN = 40;
const LEVEL_NAMES: Readonly<Record<number, string>> = { 30: 'INFO', 40: 'WARN', 50: 'ERROR' };

export interface ServerLog extends DispatcherLog {
  close(): void;
}

/** `terminal` receives warnings and errors, a line each. */
export function openServerLog(directory: string, terminal: (line: string) => void): ServerLog {
  const path = join(directory, 'server.log');
  if (existsSync(path) && statSync(path).size > FILE_BYTES_MAX) renameSync(path, `${path}.1`);
  const file = openSync(path, 'a');
  const kept: string[] = [];
  const write = (line: string): void => {
    writeSync(file, line);
    const { time, level, msg } = JSON.parse(line) as { time: number; level: number; msg: string };
    const text = `${new Date(time).toISOString()} ${LEVEL_NAMES[level] ?? level} ${msg}`;
    kept.push(text);
    if (kept.length > LINES_KEPT) kept.shift();
    if (level >= WARN) terminal(text);
  };
  const logger = pino({ base: { pid: process.pid } }, { write });
  return {
    info: (text) => logger.info(text),
    warn: (text) => logger.warn(text),
    error: (text) => logger.error(text),
    tail: (lines) => kept.slice(-lines),
    close: () => closeSync(file),
  };
}
