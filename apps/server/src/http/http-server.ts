/**
 * The HTTP surface of one server: Flink's REST API, Weir's own, the WebSocket, the console's files
 * and Prometheus. Composition only; each part stands in its own file.
 */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { HISTORY_QUOTA_BYTES_MIN } from '@weir/console-protocol';
import { Configuration, HISTORY_QUOTA, WeirError } from '@weir/core';
import { MetricRegistry } from '@weir/metrics';
import express, { type Express } from 'express';
import { WebSocketServer } from 'ws';
import { TREE_ROOT } from '../engine-resolution.ts';
import { readHistorySettings } from '../monitor/history-settings.ts';
import { workerMonitor } from '../monitor/monitor-client.ts';
import { systemRandom } from '../ports/system-ports.ts';
import { JobProfiles } from '../profiles/job-profiles.ts';
import { ProfileArchive } from '../profiles/profile-archive.ts';
import { VerdictKeys } from '../profiles/verdict-keys.ts';
import { VerdictProfiles } from '../profiles/verdict-profiles.ts';
import { mountConsole } from './console-files.ts';
import { errorHandler, sendErrors } from './error-response.ts';
import { flinkHandlers } from './flink/flink-handlers.ts';
import type { HandlerContext } from './flink/handler-context.ts';
import { mountFlinkRoutes } from './flink-router.ts';
import type { HttpOptions, HttpServer } from './http-options.ts';
import { JobObserver } from './job-observer.ts';
import { JobRecords } from './job-records.ts';
import type { ServerInfo } from './job-service.ts';
import { JobSummaries } from './job-summaries.ts';
import { closed, startPrometheus } from './prometheus-endpoint.ts';
import { checkBindAddress, RequestSecurity, SECURITY_HEADERS } from './request-security.ts';
import { SocketHub } from './socket-hub.ts';
import { TriggerStore } from './trigger-store.ts';
import { UserActions } from './user-actions.ts';
import { historySettingsFile } from './weir/history-routes.ts';
import { mountWeirRoutes } from './weir-router.ts';

export type { HttpOptions, HttpServer } from './http-options.ts';

const PORT_DEFAULT = 8081;
const PROMETHEUS_PORT_DEFAULT = 9249;
const BODY_LIMIT = '1mb';
const MESSAGE_BYTES_MAX = 65_536;

/**
 * Resolves when requests are answered. Start it before jobs are recovered, so that it sees their
 * metric layouts.
 * @throws WeirError CONFIG_INVALID: an address reachable from outside, or a port in use.
 */
export async function startHttp(options: HttpOptions): Promise<HttpServer> {
  const { dispatcher, host = '127.0.0.1', port = PORT_DEFAULT } = options;
  const { log = () => {}, nowMs = Date.now, allowedHosts = [] } = options;
  checkBindAddress(host);
  const security = new RequestSecurity(allowedHosts);
  const monitor =
    options.monitor ??
    workerMonitor({
      historyFile: join(dispatcher.server().dataDirectory, 'history.sqlite'),
      quotaBytes: quotaOf(dispatcher.server()),
      onFailure: (text, error) => log('error', text, error),
    });
  const registry = new MetricRegistry();
  const observer = new JobObserver(dispatcher, registry, {
    logFolder: options.logFolder ?? null,
    log,
  });
  const newId = () => systemRandom.hex(32);
  let url = '';
  const context: HandlerContext = {
    service: dispatcher,
    registry,
    nowMs,
    log,
    logs: (jobId) => observer.logs(jobId),
    processes: observer.processes,
    records: new JobRecords(monitor),
    savepoints: new TriggerStore(nowMs, newId),
    checkpoints: new TriggerStore(nowMs, newId),
    disposals: new TriggerStore(nowMs, newId),
    actions: new UserActions((jobId, event) => observer.event(jobId, event), nowMs, newId),
    profiles: new JobProfiles(registry, nowMs, newId, archiveOf(options)),
    url: () => url,
  };
  const summaries = new JobSummaries(dispatcher);
  const hub = new SocketHub({ service: dispatcher, monitor, summaries, nowMs });
  const verdictProfiles = new VerdictProfiles(
    dispatcher,
    context.profiles,
    (jobId, code) => monitor.apply({ type: 'code', jobId, code }),
    (error) => log('warn', 'no profile could be taken for a verdict', error),
  );
  const verdictKeys = new VerdictKeys(dispatcher, (jobId, key) =>
    monitor.apply({ type: 'key', jobId, key }),
  );
  monitor.listen((notice) => {
    if (notice.type === 'event') {
      verdictProfiles.event(notice.jobId, notice.event);
      verdictKeys.event(notice.jobId, notice.event);
    }
    if (notice.type === 'tick') summaries.addTick(notice.jobId, notice.head);
    hub.notice(notice);
  });
  observer.observe((event) => {
    monitor.apply(event);
    if (event.type === 'event' && event.event.kind === 'exception' && !event.event.follows) {
      summaries.addFailure(event.jobId, event.event.t);
    }
    if (event.type !== 'removed') return;
    summaries.remove(event.jobId);
    context.profiles.forget(event.jobId);
    hub.jobRemoved(event.jobId);
  });
  // Their jobs are the dispatcher's too, so that the topology is known already.
  const detach = (options.probes ?? []).map((probe) =>
    probe.observe((event) => monitor.apply(event)),
  );

  const app = expressApp(security);
  mountFlinkRoutes(app, flinkHandlers(context), security);
  mountWeirRoutes(app, context, monitor);
  mountConsole(app, options.consoleDirectory ?? consoleFolder());
  app.use((request, response) => {
    const what = `${request.method} ${request.path}`;
    sendErrors(
      response,
      404,
      `Not found: ${what}. Flink's REST API lies under /v1, the console at /.`,
    );
  });
  app.use(errorHandler(log));
  const server = createServer(app);
  const sockets = attachSockets(server, security, hub);
  try {
    await options.prepare?.();
    await listen(server, host, port);
  } catch (error) {
    await observer.close();
    hub.close();
    await monitor.close();
    throw error;
  }
  const actual = (server.address() as AddressInfo).port;
  url = `http://${host.includes(':') ? `[${host}]` : host}:${actual}`;
  const prometheusPort =
    options.prometheusPort === undefined ? PROMETHEUS_PORT_DEFAULT : options.prometheusPort;
  const prometheus =
    prometheusPort === null ? null : await startPrometheus(context, security, host, prometheusPort);
  return {
    url,
    port: actual,
    prometheusPort: prometheus?.port ?? null,
    async close() {
      for (const stop of detach) stop();
      await observer.close();
      await context.profiles.close();
      hub.close();
      for (const socket of sockets.clients) socket.terminate();
      sockets.close();
      await Promise.all([closed(server), prometheus?.close(), monitor.close()]);
    },
  };
}

/**
 * What the server was started with wins over what was set from the console.
 * @throws WeirError CONFIG_INVALID: too small to keep anything.
 */
function quotaOf({ configuration, dataDirectory }: ServerInfo): number {
  const given = new Configuration(configuration);
  if (given.has(HISTORY_QUOTA)) {
    const quotaBytes = given.get(HISTORY_QUOTA);
    if (quotaBytes >= HISTORY_QUOTA_BYTES_MIN) return quotaBytes;
    throw new WeirError('CONFIG_INVALID', `${HISTORY_QUOTA.key}: at least 16mb are needed`);
  }
  const set = readHistorySettings(historySettingsFile(dataDirectory));
  return set?.quotaBytes ?? HISTORY_QUOTA.defaultValue;
}

function archiveOf({ profileFolder = null, log = () => {} }: HttpOptions): ProfileArchive | null {
  if (profileFolder === null) return null;
  const warn = (text: string, error: unknown) => log('warn', text, error);
  return new ProfileArchive({ folder: profileFolder, warn });
}

function expressApp(security: RequestSecurity): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', 'simple');
  app.use((request, response, next) => {
    response.set(SECURITY_HEADERS);
    const verdict = security.host(request) ?? security.change(request);
    if (verdict === null) next();
    else sendErrors(response, 403, verdict);
  });
  app.use(express.json({ limit: BODY_LIMIT, strict: false }));
  return app;
}

function attachSockets(server: Server, security: RequestSecurity, hub: SocketHub): WebSocketServer {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MESSAGE_BYTES_MAX,
    perMessageDeflate: false,
  });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    const refused = security.host(request) ?? security.origin(request);
    if (refused !== null) {
      refuse(socket, '403 Forbidden', refused);
      return;
    }
    if (request.url?.split('?')[0] !== '/ws') {
      refuse(socket, '404 Not Found', 'WebSockets are at /ws.');
      return;
    }
    sockets.handleUpgrade(request, socket, head, (client) => hub.connect(client, request));
  });
  return sockets;
}

function refuse(socket: Duplex, status: string, why: string): void {
  const body = JSON.stringify({ errors: [why] });
  const length = Buffer.byteLength(body);
  socket.end(
    `HTTP/1.1 ${status}\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n` +
      `Connection: close\r\n\r\n${body}`,
  );
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const why =
        cause.code === 'EADDRINUSE'
          ? `port ${port} is in use; stop the other server or choose another with --port`
          : `cannot listen on ${host}:${port}: ${cause.message}`;
      reject(new WeirError('CONFIG_INVALID', why, { cause }));
    });
    server.listen(port, host, () => resolve());
  });
}

/** Where `npm run build` puts the console, from sources and from a built engine alike. */
function consoleFolder(): string {
  return fileURLToPath(new URL('apps/console/dist/', TREE_ROOT));
}
