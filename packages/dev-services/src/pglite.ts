/**
 * An embedded PostgreSQL for examples, tests and benchmarks: PGlite in a process of its own behind
 * its socket server on loopback, in memory.
 *
 * All connections share one session: use queries without named statements and without
 * transactions, and send values as literals (pg's `escapeLiteral`). Messages of the extended
 * protocol of two connections would mix.
 *
 * Cost: about 2 s and 500 MB; 0.5 s when the set-up database comes from the cache.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { WeirError } from '@weir/core';
import { PGLITE_PROGRAM } from './pglite-program.ts';

export interface PgliteOptions {
  /** SQL that makes tables and fills them, run once in the empty database. */
  readonly setup?: string;
  /** Folder for a copy of the set-up database, which makes the next start faster; null = none. */
  readonly cacheFolder?: string | null;
  /** Connections at the same time. Default 8. */
  readonly maxConnections?: number;
  /** How much longer answers take, as over a network; ms, default 0. */
  readonly latencyMs?: number;
  /** Files that the process removes when it ends. */
  readonly removeAtEnd?: readonly string[];
}

/** What a client such as pg's needs. */
export interface PgliteAddress {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
}

export interface PgliteServer extends PgliteAddress {
  readonly pid: number;
  /** Resolves when the process has ended. */
  stop(): Promise<void>;
}

const MAX_CONNECTIONS = 8;

type FromProgram =
  | { readonly type: 'ready'; readonly port: number }
  | { readonly type: 'failed'; readonly message: string };

/**
 * Starts PGlite. It does not keep its parent alive, and ends with it on every path.
 * @throws WeirError SERVER_UNREACHABLE when it does not start; the message has its own error.
 * @example
 * const server = await startPglite({ setup: 'create table t (id int)' });
 * const client = new pg.Client(server);
 */
export async function startPglite(options: PgliteOptions = {}): Promise<PgliteServer> {
  const { setup = '', cacheFolder = null, maxConnections = MAX_CONNECTIONS } = options;
  const { latencyMs = 0, removeAtEnd = [] } = options;
  const pgliteUrl = import.meta.resolve('@electric-sql/pglite');
  const child = spawn(process.execPath, ['--input-type=module', '--eval', PGLITE_PROGRAM], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    serialization: 'advanced',
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const ready = answerOf(child);
  child.send({
    pgliteUrl,
    socketUrl: import.meta.resolve('@electric-sql/pglite-socket'),
    cacheFile: cacheFolder === null ? null : join(cacheFolder, cacheName(pgliteUrl, setup)),
    setup,
    maxConnections,
    latencyMs,
    removeAtEnd,
  });
  const port = await ready;
  child.unref();
  child.channel?.unref();
  (child.stderr as unknown as { unref(): void } | null)?.unref();
  return {
    host: '127.0.0.1',
    port,
    user: 'postgres',
    database: 'postgres',
    pid: child.pid ?? 0,
    async stop() {
      child.ref();
      if (child.connected) child.disconnect();
      await ended;
    },
  };
}

/** The port it listens on. */
function answerOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      text = `${text}${chunk.toString()}`.slice(-2000);
    });
    const fail = (why: string): void => {
      if (child.connected) child.disconnect();
      reject(new WeirError('SERVER_UNREACHABLE', `PGlite did not start: ${why}`));
    };
    child.once('message', (message: FromProgram) => {
      if (message.type === 'ready') resolve(message.port);
      else fail(message.message);
    });
    child.once('error', (error) => fail(error.message));
    child.once('exit', (code, signal) => fail(`it ended with ${signal ?? code}. ${text}`));
  });
}

function cacheName(pgliteUrl: string, setup: string): string {
  const key = createHash('sha256').update(`${pgliteUrl}\n${setup}`).digest('hex').slice(0, 16);
  return `pglite-${key}.tar.gz`;
}
