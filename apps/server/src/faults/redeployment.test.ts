/** A job that is edited and submitted again fifty times leaves nothing behind in the server. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Measurement } from './testing/server-main.ts';
import { HEALTHY, programOf } from './testing/fault-programs.ts';
import { ServerProcess, until, Workspace } from './testing/server-process.ts';

const ENDED_MAX = 20;
const WARM_UP = 10;
const ROUNDS = 50;
const GROWTH_BYTES_MAX = 30 * 1024 * 1024;
const HEAP_GROWTH_BYTES_MAX = 10 * 1024 * 1024;

const workspace = new Workspace();
let server: ServerProcess;

beforeAll(async () => {
  const configuration = { 'jobstore.max-capacity': String(ENDED_MAX) };
  server = await ServerProcess.start(workspace.dataDirectory, configuration);
});

afterAll(() => server.close());

/** The same job with another constant: a bundle, a hash and a process of its own. */
async function redeploy(round: number): Promise<string> {
  const { text } = programOf(`stream.map((n) => n + ${round}).name('edited').print();`);
  const jobId = await server.submit(workspace.write('edited.ts', text));
  await server.reaches(jobId, 'RUNNING');
  return jobId;
}

/** As the console does when a job is run again: the former one is cancelled first. */
async function end(jobId: string): Promise<void> {
  await server.cancel(jobId);
  await server.reaches(jobId, 'CANCELED');
}

async function settled(processes: number): Promise<Measurement> {
  await until(
    () => server.children().length <= processes,
    () => `${server.children().length} processes, expected ${processes}`,
  );
  return server.measure();
}

describe('fifty redeployments', { timeout: 150_000 }, () => {
  it('leave memory, processes and descriptors as they were', async () => {
    const beside = await server.submit(workspace.write('beside.ts', HEALTHY));
    await server.reaches(beside, 'RUNNING');
    for (let round = 0; round < WARM_UP; round++) await end(await redeploy(round));
    // The job beside, and the bundler.
    const processes = 2;
    const before = await settled(processes);

    for (let round = WARM_UP; round < ROUNDS; round++) await end(await redeploy(round));
    const after = await settled(processes);
    const text = `${JSON.stringify(before)} → ${JSON.stringify(after)}`;
    expect(after.rssBytes - before.rssBytes, text).toBeLessThan(GROWTH_BYTES_MAX);
    expect(after.heapBytes - before.heapBytes, text).toBeLessThan(HEAP_GROWTH_BYTES_MAX);
    expect(after.descriptors, text).toBeLessThanOrEqual(before.descriptors);
    expect(await server.info(beside)).toMatchObject({ attempt: 0, restarts: 0 });
  });

  it('leave a bounded history of ended jobs and their artifacts', async () => {
    const { jobs } = await server.get<{ jobs: { status: string }[] }>('/jobs');
    expect(jobs).toHaveLength(ENDED_MAX + 1);
    const filesOf = (folder: string) => readdirSync(join(workspace.dataDirectory, folder));
    // The bundle of each, and of the job beside.
    expect(filesOf('artifacts')).toHaveLength(ENDED_MAX + 1);
    expect(filesOf('jobs')).toHaveLength(ENDED_MAX + 1);
    expect(filesOf('checkpoints')).toEqual([]);
    expect(filesOf('taskmanagers').length).toBeLessThanOrEqual(1);
  });
});
