/**
 * The server: takes the data directory, opens the HTTP surface, brings jobs back, and leaves them
 * resumable when it is asked to stop. Composition only; what it composes stands in the folders.
 */
import { WeirError } from '@weir/core';
import { warmBundler } from './artifacts/bundler.ts';
import { buildIdentity, VERSION } from './build-identity.ts';
import { DATA_DIRECTORY_DEFAULT, DataDirectory } from './data-directory/data-directory.ts';
import { lockDirectory } from './data-directory/directory-lock.ts';
import { Dispatcher } from './dispatcher/dispatcher.ts';
import { flushCompileCacheOnceUp, useCompileCache } from './engine-resolution.ts';
import { startHttp } from './http/http-server.ts';
import { openServerLog } from './server-log.ts';
import { FileStorage } from './storage/file-storage.ts';

export const PORT_DEFAULT = 8081;
export const HOST_DEFAULT = '127.0.0.1';
const PROMETHEUS_PORT_DEFAULT = 9249;
const LOOPBACK = new Set(['127.0.0.1', '::1', 'localhost']);

export interface ServerOptions {
  /** 0 = any free one. */
  readonly port?: number;
  /** Loopback only. */
  readonly host?: string;
  /** 0 = any free one; null = no exposition. */
  readonly prometheusPort?: number | null;
  readonly dataDirectory?: string;
  /** Defaults that jobs inherit. */
  readonly configuration?: Readonly<Record<string, string>>;
  /** Where warnings go; nowhere by default. */
  readonly terminal?: (line: string) => void;
}

export interface RunningServer {
  /** Address of the console and of every API. */
  readonly url: string;
  readonly dispatcher: Dispatcher;
  /** Leaves all jobs resumable; resolves when every process of this server is gone. */
  close(): Promise<void>;
}

/**
 * Resolves when requests are answered; jobs of an earlier server may still be coming back.
 * @throws WeirError ARGUMENT_INVALID (host), DATA_DIRECTORY_LOCKED, STORAGE_FAILED.
 */
export async function startServer(options: ServerOptions = {}): Promise<RunningServer> {
  useCompileCache();
  const { port = PORT_DEFAULT, host = HOST_DEFAULT, configuration = {} } = options;
  const { prometheusPort = PROMETHEUS_PORT_DEFAULT } = options;
  requireLoopback(host);
  const directory = new DataDirectory(options.dataDirectory ?? DATA_DIRECTORY_DEFAULT);
  const lock = lockDirectory(directory.root);
  try {
    const log = openServerLog(directory.root, options.terminal ?? (() => {}));
    const dispatcher = new Dispatcher({
      directory,
      configuration,
      storage: (root) => new FileStorage(root),
      log,
      version: VERSION,
      build: buildIdentity(),
    });
    const http = await startHttp({
      dispatcher,
      host,
      port,
      prometheusPort,
      prepare: () => dispatcher.load(),
      logFolder: directory.logs,
      profileFolder: directory.profiles,
      log: (level, text, error) => {
        log[level](error === undefined ? text : `${text}: ${describe(error)}`);
      },
    });
    log.info(`server ${VERSION} with pid ${process.pid} answers at ${http.url}`);
    const recovery = dispatcher.recover().catch((error: unknown) => {
      log.error(`jobs could not be brought back: ${describe(error)}`);
    });
    flushCompileCacheOnceUp();
    void warmBundler().catch((error: unknown) => {
      log.error(`the bundler does not start: ${describe(error)}`);
    });
    return {
      url: http.url,
      dispatcher,
      async close() {
        await recovery;
        await dispatcher.close();
        await http.close();
        log.info('server stopped; running jobs go on at the next start');
        log.close();
        lock.release();
      },
    };
  } catch (error) {
    lock.release();
    throw error;
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function requireLoopback(host: string): void {
  if (LOOPBACK.has(host)) return;
  throw new WeirError(
    'ARGUMENT_INVALID',
    `--host ${host}: the server has no authentication, so it listens on this machine only ` +
      '(127.0.0.1, ::1 or localhost); put a reverse proxy that authenticates in front of it',
  );
}
