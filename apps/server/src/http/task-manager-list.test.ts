import { taskManagerList } from '@weir/console-protocol';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { localMonitor } from '../monitor/monitor-port.ts';
import type { HttpServer } from './http-options.ts';
import { startHttp } from './http-server.ts';
import { asker } from './testing/raw-request.ts';
import { JOB, runningView, SyntheticJob, SyntheticService } from './testing/synthetic-service.ts';

let job: SyntheticJob;
let server: HttpServer;

beforeEach(async () => {
  const service = new SyntheticService();
  job = new SyntheticJob();
  server = await startHttp({
    dispatcher: service,
    port: 0,
    prometheusPort: null,
    consoleDirectory: '/nonexistent',
    monitor: localMonitor(),
  });
  service.add(job);
});
afterEach(() => server.close());

const ask = asker(() => server.port);

async function read() {
  return taskManagerList.parse(JSON.parse((await ask('GET', '/weir/v1/taskmanagers')).body));
}

it('knows nothing of the figures before there are frames', async () => {
  const { taskManagers, cores } = await read();
  expect(cores).toBeGreaterThan(0);
  expect(taskManagers).toHaveLength(1);
  expect(taskManagers[0]).toMatchObject({ pid: 42, jobId: JOB, cpuCores: null, gc: null });
  expect(taskManagers[0]!.slots.map(({ busy }) => busy)).toEqual([null, null]);
});

it('says what each slot thread runs and costs', async () => {
  job.sendFrames([1, 2, 3]);
  const { taskManagers } = await read();
  const [one] = taskManagers;
  expect(one).toMatchObject({
    cpuCores: 0.5,
    rssBytes: 200e6,
    heapUsedBytes: 100e6,
    eventLoopDelayMs: 1,
    gc: 0,
    channelBytesUsed: 32_768,
  });
  const [first, second] = one!.slots;
  expect(first!.tasks.map(({ name, subtask }) => `${name} ${subtask}`)).toEqual([
    'Source: flights -> parse 0',
    'Sink: out 0',
  ]);
  // Two subtasks at 0.7 share a thread: it has no more than itself.
  expect(first!.busy).toBe(1);
  expect(second!.busy).toBeCloseTo(0.7);
  expect(second!.tasks[0]!.running).toBeCloseTo(0.7);
  // The frames speak of one slot thread.
  expect([first!.heapUsedBytes, second!.heapUsedBytes]).toEqual([50e6, null]);
});

it('leaves out jobs that have ended', async () => {
  job.view = runningView({ status: 'FINISHED' });
  expect((await read()).taskManagers).toEqual([]);
});
