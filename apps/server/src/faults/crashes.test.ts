/** `kill -9` of every process that a job depends on, again and again; its output stays exact. */
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { COUNTED_CONFIGURATION, countedJob, expectExactlyOnce } from './testing/counted-job.ts';
import { isAlive, ServerProcess, until, Workspace } from './testing/server-process.ts';

const servers: ServerProcess[] = [];

async function serverOf(workspace: Workspace): Promise<ServerProcess> {
  const server = await ServerProcess.start(workspace.dataDirectory);
  servers.push(server);
  return server;
}

async function runs(server: ServerProcess, jobId: string): Promise<boolean> {
  const job = await server.get<{
    vertices: { parallelism: number; tasks: Record<string, number> }[];
  }>(`/jobs/${jobId}`);
  return job.vertices.every(({ parallelism, tasks }) => tasks.RUNNING === parallelism);
}

/** Every task of the attempt runs. */
async function reachesRunning(server: ServerProcess, jobId: string): Promise<void> {
  await until(
    () => runs(server, jobId),
    async () => `${await server.status(jobId)}: ${JSON.stringify(await server.exceptions(jobId))}`,
    40_000,
  );
}

afterAll(() => Promise.all(servers.map((server) => server.kill())));

describe('kill -9', { timeout: 180_000 }, () => {
  it('of a TaskManager, twenty times at any moment', async () => {
    const KILLS = 20;
    const COUNT = 8000;
    const workspace = new Workspace();
    const folder = join(workspace.root, 'out');
    const server = await serverOf(workspace);
    const jobId = await server.submit(workspace.write('counted.ts', countedJob(COUNT, folder)), {
      configuration: COUNTED_CONFIGURATION,
    });
    for (let kill = 0; kill < KILLS; kill++) {
      // Every third while it starts: after three of those in a row the job would be suspended.
      if (kill % 3 !== 2) await reachesRunning(server, jobId);
      await delay((kill * 37) % 200);
      const { pid, attempt } = await server.info(jobId);
      expect(pid, `attempt ${attempt} has a process`).not.toBeNull();
      process.kill(pid!, 'SIGKILL');
      await until(
        async () => {
          const now = await server.info(jobId);
          return now.attempt > attempt && now.pid !== null;
        },
        async () => `attempt ${attempt} is not followed: ${await server.status(jobId)}`,
      );
    }
    await server.reaches(jobId, 'FINISHED', 60_000);
    expect(await server.info(jobId)).toMatchObject({ restarts: KILLS });
    expectExactlyOnce(folder, COUNT);
    await until(
      () => server.children().length <= 1,
      () => 'processes are left',
    );
  });

  it('of the server, again and again: the next one goes on with the job', async () => {
    const KILLS = 4;
    const COUNT = 6000;
    const workspace = new Workspace();
    const folder = join(workspace.root, 'out');
    let server = await serverOf(workspace);
    const jobId = await server.submit(workspace.write('counted.ts', countedJob(COUNT, folder)), {
      configuration: COUNTED_CONFIGURATION,
    });
    for (let kill = 0; kill < KILLS; kill++) {
      await reachesRunning(server, jobId);
      await delay((kill * 97) % 300);
      const { pid } = await server.info(jobId);
      await server.kill();
      server = await serverOf(workspace);
      await until(
        async () => (await server.get<{ jobs: { id: string }[] }>('/jobs')).jobs.length === 1,
        () => 'the job did not come back',
      );
      expect(isAlive(pid!), 'the orphaned TaskManager is gone').toBe(false);
    }
    await server.reaches(jobId, 'FINISHED', 60_000);
    expect(await server.info(jobId)).toMatchObject({ attempt: KILLS });
    expectExactlyOnce(folder, COUNT);
  });
});
