import { FLAME_LEASE_MS } from '@weir/console-protocol';
import { MetricRegistry } from '@weir/metrics';
import type {
  InspectionRequest,
  JobMasterControl,
  JobMasterEvent,
  JobStatus,
  SampledFrame,
  ThreadSamples,
} from '@weir/runtime';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { CallTree, ROOT } from './call-tree.ts';
import { type FlameQuestion, JobProfiles } from './job-profiles.ts';
import { ProfileArchive } from './profile-archive.ts';

const QUESTION: FlameQuestion = {
  mode: 'on',
  vertexId: null,
  subtask: null,
  viewer: null,
  windowMs: 20_000,
  atMs: null,
};
const GRAPH = {
  vertices: [{ id: 'v', name: 'map', operators: [{ id: 'op', name: 'map' }] }],
  edges: [],
};

class Job {
  readonly asked: InspectionRequest[] = [];
  status: JobStatus = 'RUNNING';
  #listener: (event: JobMasterEvent) => void = () => undefined;

  readonly control = {
    view: () => ({ jobId: 'job', graph: GRAPH, status: this.status }),
    observe: (listener: (event: JobMasterEvent) => void) => {
      this.#listener = listener;
      return () => undefined;
    },
    inspect: (request: InspectionRequest) => {
      this.asked.push(request);
      return this.status === 'RUNNING';
    },
  } as unknown as JobMasterControl;

  emit(event: JobMasterEvent): void {
    this.#listener(event);
  }

  slice(fromMs: number, toMs: number): void {
    this.emit({ type: 'threadSamples', samples: samplesOf(fromMs, toMs) });
  }

  /** For how long it was asked to sample, in order. */
  get lengths(): number[] {
    return this.asked.flatMap((one) => (one.type === 'sampleThreads' ? [one.forMs] : []));
  }
}

function samplesOf(fromMs: number, toMs: number): ThreadSamples {
  const tree = new CallTree<SampledFrame['kind']>();
  const frame = { package: null, vertexId: null, operatorId: null, file: 'job.ts', line: 3 };
  tree.addSelf(tree.child(ROOT, { ...frame, name: 'burn', kind: 'user' }), toMs - fromMs, 5);
  const part = { task: { vertexId: 'v', subtask: 0 }, samples: 10, tree: tree.toTree() };
  return { fromMs, toMs, intervalMicros: 10_000, threads: 1, samples: 10, parts: [part] };
}

describe('profiles of a job', () => {
  let nowMs = 0;
  let ids = 0;
  let job: Job;
  let profiles: JobProfiles;

  beforeEach(() => {
    nowMs = 100_000;
    job = new Job();
    profiles = new JobProfiles(
      new MetricRegistry(),
      () => nowMs,
      () => `id-${++ids}`,
    );
  });

  const look = (viewer: string | null, rest: Partial<FlameQuestion> = {}) =>
    profiles.view(job.control, { ...QUESTION, viewer, ...rest });

  it('are taken while a viewer asks, and not for one who only reads', () => {
    expect(look(null)).toMatchObject({ status: 'starting', viewers: 0, moments: [] });
    expect(job.asked).toEqual([]);
    look('one');
    nowMs += 2000;
    expect(look('one').viewers).toBe(1);
    expect(job.lengths).toEqual([FLAME_LEASE_MS, FLAME_LEASE_MS]);
    job.emit({ type: 'sampling', threads: 1 });
    job.slice(nowMs - 2000, nowMs);
    const answer = look('one');
    expect(answer).toMatchObject({ status: 'live', attached: 1, reason: null });
    expect(answer.profile).toMatchObject({ samples: 10, sampledMs: 2000 });
    nowMs += FLAME_LEASE_MS + 1;
    expect(look(null).viewers).toBe(0);
  });

  it('are shared: sampling ends with the last viewer', () => {
    look('one');
    look('two');
    profiles.leave(job.control, 'one');
    expect(job.lengths).not.toContain(0);
    profiles.leave(job.control, 'two');
    profiles.leave(job.control, 'two');
    expect(job.lengths.filter((ms) => ms === 0)).toHaveLength(1);
  });

  it('are kept: a moment shows the nearest one, or says why there is none', () => {
    look('one');
    job.slice(98_000, 100_000);
    nowMs = 400_000;
    const near = look(null, { atMs: 110_000 });
    expect(near).toMatchObject({ status: 'kept', profile: { from: 98_000, to: 100_000 } });
    const far = look(null, { atMs: 300_000 });
    expect(far).toMatchObject({ status: 'none', profile: null });
    expect(far.reason).toContain('only while someone looks');
    expect(look(null, { atMs: 110_000, vertexId: 'w' }).profile?.samples).toBe(0);
  });

  it('end with the job, which shows its last one', () => {
    job.status = 'FINISHED';
    expect(look('one')).toMatchObject({ status: 'ended', profile: null });
    expect(look('one').reason).toContain('FINISHED');
    job.slice(98_000, 100_000);
    nowMs = 900_000;
    expect(look('one')).toMatchObject({ status: 'ended', reason: null, profile: { to: 100_000 } });
    expect(job.asked).toEqual([]);
  });

  it('forget what was attached to a process that is gone', () => {
    look('one');
    job.emit({ type: 'sampling', threads: 2 });
    job.emit({ type: 'status', status: 'RESTARTING', atMs: nowMs });
    expect(look(null).attached).toBe(0);
  });

  it('name the hottest function of a vertex, and the part of state, after one look', async () => {
    const found = profiles.takeProfile(job.control, 'v', 2000);
    job.slice(nowMs, nowMs + 1000);
    nowMs += 2000;
    job.slice(nowMs - 1000, nowMs);
    const hottest = { function: 'burn', file: 'job.ts', line: 5, functionLine: 3, share: 1 };
    expect(await found).toEqual({ hottest, stateShare: 0 });
    expect(job.lengths.at(-1)).toBe(0);
  });

  it('come with the stacks of the threads', async () => {
    const asked = profiles.stacks(job.control);
    const [request] = job.asked as [{ type: 'readStacks'; requestId: string }];
    const thread = {
      slot: 0,
      name: 'slot-0',
      state: 'running',
      operator: null,
      stack: [{ function: 'burn', file: 'job.ts', line: 5, kind: 'user' }],
    } as const;
    job.emit({ type: 'stacks', requestId: request.requestId, threads: [thread] });
    expect(await asked).toEqual({ t: nowMs, threads: [thread] });
    job.status = 'RESTARTING';
    await expect(profiles.stacks(job.control)).rejects.toMatchObject({ code: 'JOB_STATE_INVALID' });
  });
});

it('what one server sampled the next one shows, and says what it could not read', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'weir-profiles-'));
  const server = () =>
    new JobProfiles(
      new MetricRegistry(),
      () => 200_000,
      () => 'id',
      new ProfileArchive({ folder }),
    );
  const first = new Job();
  const before = server();
  await before.ready(first.control);
  before.view(first.control, { ...QUESTION, viewer: 'me' });
  first.slice(100_000, 102_000);
  first.slice(102_000, 104_000);
  await before.close();

  const again = new Job();
  const after = server();
  await after.ready(again.control);
  // Slices of this server come behind those of the one before.
  again.slice(190_000, 192_000);
  const answer = after.view(again.control, { ...QUESTION, atMs: 104_000 });
  expect(answer).toMatchObject({ status: 'kept', damaged: 0, profile: { from: 100_000 } });
  expect(answer.moments.map(({ from }) => from)).toEqual([100_000, 102_000, 190_000]);
  rmSync(folder, { recursive: true });
});
