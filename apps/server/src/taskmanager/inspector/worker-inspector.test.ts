import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { afterAll, describe, expect, it } from 'vitest';
import { pausedStack } from './paused-stack.ts';
import { WorkerInspector } from './worker-inspector.ts';

const CODE = `
const { parentPort, workerData } = require('node:worker_threads');
globalThis.me = workerData;
parentPort.postMessage('up');
// One never comes back to its event loop.
function spin() { for (;;) if (globalThis.me === '') return; }
if (workerData === 'b') setImmediate(spin);
else setInterval(() => {}, 1000);
`;

const workers = ['a', 'b', 'c'].map(
  (workerData) => new Worker(CODE, { eval: true, workerData, name: `thread ${workerData}` }),
);
const up = Promise.all(workers.map((worker) => once(worker, 'message')));

afterAll(() => Promise.all(workers.map((worker) => worker.terminate())));

describe('the inspectors of threads', () => {
  it('are those of the threads that were asked for', async () => {
    await up;
    const inspector = new WorkerInspector();
    const names = workers.map(async (worker) => {
      const link = await inspector.link(worker);
      const answer = await link!.call('Runtime.evaluate', { expression: 'globalThis.me' });
      return (answer as { result: { value: string } }).result.value;
    });
    expect(await Promise.all(names)).toEqual(['a', 'b', 'c']);
    inspector.close();
  });

  it('stop a thread for its stack, and it goes on', async () => {
    await up;
    const inspector = new WorkerInspector();
    const link = await inspector.link(workers[1]!);
    const top = async () => (await pausedStack(link!, 10_000))?.[0]?.functionName;
    // It said that it is up before it began.
    await expect.poll(top, { timeout: 10_000 }).toBe('spin');
    const answer = await link!.call('Runtime.evaluate', { expression: '1 + 1' });
    expect(answer).toMatchObject({ result: { value: 2 } });
    inspector.close();
  });

  it('are not there for a thread that has ended', async () => {
    const ended = new Worker('', { eval: true });
    await once(ended, 'exit');
    const inspector = new WorkerInspector();
    expect(await inspector.link(ended)).toBeNull();
    inspector.close();
  });
});
