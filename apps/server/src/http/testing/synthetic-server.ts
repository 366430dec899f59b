/**
 * A server over a synthetic cluster, in a process of its own: `synthetic-server.ts --jobs 100
 * --vertices 1000 --parallelism 128 [--speed N] [--data-dir DIR]`. Prints its address. Its jobs tick
 * once a second, or `--speed` times as often.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { workerMonitor } from '../../monitor/monitor-client.ts';
import { startHttp } from '../http-server.ts';
import { SyntheticCluster } from './synthetic-cluster.ts';
import { SyntheticService } from './synthetic-service.ts';

const SECOND_MS = 1000;

const { values } = parseArgs({
  options: {
    jobs: { type: 'string', default: '100' },
    vertices: { type: 'string', default: '1000' },
    parallelism: { type: 'string', default: '128' },
    speed: { type: 'string', default: '1' },
    'data-dir': { type: 'string' },
  },
});
const speed = Number(values.speed);
const cluster = new SyntheticCluster({
  jobs: Number(values.jobs),
  vertices: Number(values.vertices),
  parallelism: Number(values.parallelism),
  startMs: Date.now(),
});
const service = new SyntheticService();
for (const entry of cluster.entries) service.add(entry);
const folder = values['data-dir'];
const monitor = workerMonitor({
  historyFile: folder === undefined ? null : join(folder, 'history.sqlite'),
  onFailure: (text, error) => console.error(text, error),
});
const server = await startHttp({
  dispatcher: service,
  port: 0,
  prometheusPort: null,
  monitor,
  probes: [cluster],
});
const firstMs = Date.now();
let seconds = 0;
const timer = setInterval(() => {
  seconds++;
  cluster.tick(speed === 1 ? Date.now() : firstMs + seconds * SECOND_MS);
}, SECOND_MS / speed);
console.log(server.url);
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    clearInterval(timer);
    void server.close().then(() => process.exit(0));
  });
}
