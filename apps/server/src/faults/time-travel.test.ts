/**
 * What was shown live is what is shown of that moment later: also after `kill -9` of the server,
 * and when the job has ended. Every number, within the resolution that the answer states.
 */
import { join } from 'node:path';
import type {
  HistoryStorage,
  JobEvent,
  JobHistory,
  JobMessage,
  JobSubtasks,
  JobTick,
  JobTopology,
} from '@weir/console-protocol';
import type { Checkpoint, Checkpointing, PastCheckpoints } from '@weir/flink-rest';
import { differences } from '@weir/monitor/testing';
import { afterAll, describe, expect, it } from 'vitest';
import { COUNTED_CONFIGURATION, countedJob } from './testing/counted-job.ts';
import { ServerProcess, Workspace } from './testing/server-process.ts';

const servers: ServerProcess[] = [];

async function serverOf(workspace: Workspace): Promise<ServerProcess> {
  const server = await ServerProcess.start(workspace.dataDirectory);
  servers.push(server);
  return server;
}

afterAll(() => Promise.all(servers.map((server) => server.kill())));

/** What a console was told. */
class Shown {
  readonly ticks: JobTick[] = [];
  readonly events: JobEvent[] = [];
  topology: JobTopology | null = null;

  take({ data }: JobMessage): void {
    this.topology = data.topology ?? this.topology;
    // That a checkpoint began is told live; what is kept of it is its end.
    const lasting = data.events.filter(({ outcome }) => outcome !== 'running');
    this.events.push(...lasting);
    if ('history' in data) this.ticks.push(...data.history);
    else if (data.tick !== null) this.ticks.push(data.tick);
  }

  get flowing(): number {
    return this.ticks.filter(({ recordsIn }) => (recordsIn ?? 0) > 0).length;
  }
}

async function watched(
  server: ServerProcess,
  jobId: string,
  enough: (shown: Shown) => boolean,
): Promise<Shown> {
  const shown = new Shown();
  await server.watch(jobId, (message) => {
    shown.take(message);
    return enough(shown);
  });
  return shown;
}

async function expectShown(server: ServerProcess, jobId: string, shown: Shown): Promise<void> {
  const [from, to] = [shown.ticks[0]!.t, shown.ticks.at(-1)!.t + 1];
  const path = `/weir/v1/jobs/${jobId}/history?from=${from}&to=${to}`;
  const history = await server.get<JobHistory>(path);
  expect(history.step).toBe(1000);
  expect(history.resolution?.relative).toBeLessThan(0.001);
  expect(differences(shown.ticks, history.ticks, history.resolution!)).toEqual([]);
  const events = shown.events.filter(({ t }) => t >= from && t < to);
  for (const event of events) expect(history.events).toContainEqual(event);
  const again = await watched(server, jobId, () => true);
  const begin = again.ticks.filter(({ t }) => t < to && t >= from);
  expect(differences(shown.ticks, begin, history.resolution!)).toEqual([]);
  for (const event of shown.events) expect(again.events).toContainEqual(event);
}

/** By vertex, over the time that was shown. */
function subtasksOf(server: ServerProcess, jobId: string, shown: Shown): Promise<JobSubtasks[]> {
  const [from, to] = [shown.ticks[0]!.t, shown.ticks.at(-1)!.t + 1];
  return Promise.all(
    shown.topology!.vertices.map(({ id }) => {
      const query = `vertex=${id}&from=${from}&to=${to}`;
      return server.get<JobSubtasks>(`/weir/v1/jobs/${jobId}/subtasks?${query}`);
    }),
  );
}

async function checkpointsOf(server: ServerProcess, jobId: string): Promise<Checkpoint[]> {
  const { checkpoints } = await server.get<PastCheckpoints>(
    `/weir/v1/jobs/${jobId}/checkpoints?limit=1000`,
  );
  // Files of checkpoints go as newer ones come; what they were stays.
  return checkpoints.map(({ discarded: _, ...rest }) => rest).reverse();
}

describe('the past', { timeout: 120_000 }, () => {
  it('is what was shown, after kill -9 and after the end', async () => {
    const TICKS = 8;
    const workspace = new Workspace();
    const program = countedJob(1_000_000, join(workspace.root, 'out'));
    let server = await serverOf(workspace);
    const jobId = await server.submit(workspace.write('counted.ts', program), {
      configuration: { ...COUNTED_CONFIGURATION, 'execution.checkpointing.interval': '1 s' },
    });
    const completed = ({ events }: Shown) => events.filter(({ text }) => /completed/.test(text));
    const shown = await watched(
      server,
      jobId,
      (soFar) => soFar.flowing >= TICKS && completed(soFar).length >= 3,
    );
    const subtasks = await subtasksOf(server, jobId, shown);
    expect(subtasks.every(({ times, metrics }) => times.length > 0 && metrics.busy)).toBe(true);
    const checkpoints = await checkpointsOf(server, jobId);
    expect(checkpoints.length).toBeGreaterThanOrEqual(3);
    await server.kill();

    server = await serverOf(workspace);
    await expectShown(server, jobId, shown);
    const after = await watched(server, jobId, ({ flowing }) => flowing > shown.flowing + 2);
    expect(await subtasksOf(server, jobId, shown)).toEqual(subtasks);
    const known = await checkpointsOf(server, jobId);
    expect(known.slice(0, checkpoints.length)).toEqual(checkpoints);
    const flink = await server.get<Checkpointing>(`/jobs/${jobId}/checkpoints`);
    const ended = flink.history.map(({ id, latest_ack_timestamp: at }) => ({ id, at }));
    for (const { id, latest_ack_timestamp: at } of checkpoints.slice(-3)) {
      expect(ended).toContainEqual({ id, at });
      const details = await server.get<Checkpoint>(`/jobs/${jobId}/checkpoints/details/${id}`);
      expect(details.latest_ack_timestamp).toBe(at);
    }
    await server.cancel(jobId);
    await server.reaches(jobId, 'CANCELED');
    await server.kill();

    server = await serverOf(workspace);
    expect(await server.status(jobId)).toBe('CANCELED');
    await expectShown(server, jobId, shown);
    await expectShown(server, jobId, after);
    expect((await watched(server, jobId, () => true)).ticks.at(-1)?.state).toBe('CANCELED');
    expect(await subtasksOf(server, jobId, shown)).toEqual(subtasks);
    const { bytes, durable, byResolution } = await server.get<HistoryStorage>('/weir/v1/history');
    expect({ durable, inUse: bytes > 0 }).toEqual({ durable: true, inUse: true });
    expect(byResolution.find(({ kind }) => kind === 'ticks')?.bytes).toBeGreaterThan(0);
  });
});
