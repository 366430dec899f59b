/** `GET /metrics` on a port of its own, where Flink's reporter has it. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hostname } from 'node:os';
import { PROMETHEUS_CONTENT_TYPE, prometheusText } from '@weir/metrics';
import type { HandlerContext } from './flink/handler-context.ts';
import { metricsOfCluster, metricsOfJob, metricsOfTaskManager } from './flink/metric-handlers.ts';
import type { RequestSecurity } from './request-security.ts';

export function prometheusOf(context: HandlerContext): string {
  const jobs = context.service.jobs().map((entry) => {
    const view = entry.control.view();
    return {
      jobId: view.jobId,
      name: view.graph.name,
      attempt: view.attempt,
      taskManagerId: view.taskManager?.id ?? null,
      vertexNames: new Map(view.graph.vertices.map((vertex) => [vertex.id as string, vertex.name])),
      own: metricsOfJob(view, context.nowMs()),
      taskManager: metricsOfTaskManager(context, view),
      tasks: context.registry.job(view.jobId),
    };
  });
  return prometheusText(hostname(), metricsOfCluster(context), jobs);
}

export interface PrometheusEndpoint {
  readonly port: number;
  close(): Promise<void>;
}

/** Null, with a line in the log, when the port is taken: the server itself is more important. */
export function startPrometheus(
  context: HandlerContext,
  security: RequestSecurity,
  host: string,
  port: number,
): Promise<PrometheusEndpoint | null> {
  const server = createServer((request, response) => {
    const verdict = security.host(request);
    if (verdict !== null) {
      response.writeHead(403, { 'content-type': 'text/plain' }).end(`${verdict}\n`);
      return;
    }
    const path = request.url?.split('?')[0];
    if (request.method !== 'GET' || (path !== '/metrics' && path !== '/')) {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('Metrics are at /metrics.\n');
      return;
    }
    response.writeHead(200, {
      'content-type': PROMETHEUS_CONTENT_TYPE,
      'x-content-type-options': 'nosniff',
    });
    response.end(prometheusOf(context));
  });
  return new Promise((resolve) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const why = error.code === 'EADDRINUSE' ? `port ${port} is in use` : error.message;
      context.log('warn', `Prometheus metrics are off: ${why}; choose another port or none`);
      resolve(null);
    });
    server.listen(port, host, () => {
      const { port: actual } = server.address() as AddressInfo;
      resolve({ port: actual, close: () => closed(server) });
    });
  });
}

export function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
