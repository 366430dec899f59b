/**
 * Profiles of a job on the real engine: whose work they show, in which lines, and that nothing is
 * left attached to a thread when nobody looks any more.
 */
import type { FlameGraphAnswer, FlameTree, ThreadStacks } from '@weir/console-protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ServerProcess, until, Workspace } from '../faults/testing/server-process.ts';

/** Rounds a record: 60 %, 20 % and 20 % of all. */
const ROUNDS = { score: 30_000, parse: 10_000, digest: 10_000 };
/** Percentage points. */
const TOLERANCE = 5;
/** Five times the chance in a share of a fifth is then less than the tolerance. */
const SAMPLES_MIN = 1600;
const SAMPLES_FEW = 200;
const RESTARTS = {
  'restart-strategy.type': 'fixed-delay',
  'restart-strategy.fixed-delay.attempts': '5',
  'restart-strategy.fixed-delay.delay': '10 ms',
};

const BURN = `export interface Reading { readonly value: number }

export function burn(value: number, rounds: number): number {
  let hash = value | 0;
  for (let i = 0; i < rounds; i++) {
    hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) + i;
  }
  return hash;
}
`;
/** Lines of the loop above: V8 gives a round of it to either. */
const BURN_LINES = [5, 6];

/** An endless source, two functions with names, one without, a thread for all of it. */
const JOB = `import { type Source, StreamExecutionEnvironment, types, WatermarkStrategy } from '@weir/datastream';
import { burn, type Reading } from './burn.ts';

const numbers: Source<number, { readonly splitId: string }> = {
  boundedness: 'CONTINUOUS_UNBOUNDED',
  producedType: types.f64(),
  splitType: types.object({ splitId: types.string() }),
  discoveryIntervalMs: null,
  discoverSplits: async () => [{ splitId: '0' }],
  ownerOf: () => 0,
  createReader() {
    let next = 0;
    return {
      start() {},
      addSplits() {},
      pollNext(output) {
        if (output.room === 0) return 'NOTHING_AVAILABLE';
        output.collect(next++, 0, '0');
        return 'MORE_AVAILABLE';
      },
      snapshotState: () => [],
      close() {},
    };
  },
};

function score(reading: Reading): Reading {
  return { value: burn(reading.value, ${ROUNDS.score}) };
}

const parse = (value: number): Reading => ({ value: burn(value, ${ROUNDS.parse}) });

const env = StreamExecutionEnvironment.getExecutionEnvironment();
env.setParallelism(1);
env
  .fromSource(numbers, WatermarkStrategy.noWatermarks(), 'numbers')
  .map(parse).name('parse')
  .map(score).name('score')
  .map((reading) => ({ value: burn(reading.value, ${ROUNDS.digest}) })).name('digest')
  .filter((reading) => reading.value === 0.5).name('drop')
  .keyBy((reading) => reading.value & 7)
  .map((reading) => reading).name('after')
  .print();

await env.execute('busy');
`;

const workspace = new Workspace();
let server: ServerProcess;
let jobId: string;
let entry: string;

beforeAll(async () => {
  server = await ServerProcess.start(workspace.dataDirectory);
  workspace.write('burn.ts', BURN);
  entry = workspace.write('busy.ts', JOB);
  jobId = await server.submit(entry, { configuration: RESTARTS });
  await server.reaches(jobId, 'RUNNING');
});

afterAll(() => server.kill());

function ask(query: string): Promise<FlameGraphAnswer> {
  return server.get(`/weir/v1/jobs/${jobId}/flamegraph?${query}`);
}

/** Asks as a viewer does, until there are enough samples since `from` (epoch ms). */
async function sampled(query: string, least: number, from = 0): Promise<FlameGraphAnswer> {
  let answer = await ask(query);
  await until(
    async () => {
      const window = from === 0 ? '' : `&window=${Date.now() - from}`;
      answer = await ask(`${query}${window}`);
      return (answer.profile?.samples ?? 0) >= least;
    },
    () => `${answer.status}, ${answer.profile?.samples} samples`,
    90_000,
  );
  return answer;
}

/** Share of the tree's time in nodes of that name and what they called, in percent. */
function shareOf(tree: FlameTree, name: string): number {
  const isIn: boolean[] = [];
  let inMs = 0;
  let allMs = 0;
  tree.self.forEach((ms, node) => {
    const above = tree.parent[node]!;
    isIn[node] = tree.frames[tree.frame[node]!]!.name === name || (above >= 0 && isIn[above]!);
    allMs += ms;
    if (isIn[node]) inMs += ms;
  });
  return (100 * inMs) / allMs;
}

describe('the flame graph of a running job', { timeout: 240_000 }, () => {
  it('gives a busy function its share, and names it, its file and its line', async () => {
    // Not while the job starts.
    const { profile: first } = await sampled('viewer=test&window=60000', SAMPLES_FEW);
    const { profile, status } = await sampled('viewer=test', SAMPLES_MIN, first!.to);
    const { tree } = profile!;
    expect(status).toBe('live');
    const shares = ['score', 'parse', 'digest'].map((name) => shareOf(tree, name));
    const rounds = Object.values(ROUNDS);
    const all = rounds.reduce((sum, one) => sum + one, 0);
    shares.forEach((share, i) => {
      const truth = (100 * rounds[i]!) / all;
      expect(Math.abs(share - truth), `shares ${shares}`).toBeLessThan(TOLERANCE);
    });
    const functionNamed = (name: string) =>
      tree.frames.find((frame) => frame.kind === 'user' && frame.name === name);
    const declared = JOB.split('\n').findIndex((line) => line.startsWith('function score')) + 1;
    expect(functionNamed('score')).toMatchObject({ file: entry, line: declared });
    const burn = functionNamed('burn');
    expect(burn?.file).toMatch(/burn\.ts$/);
    expect(BURN_LINES).toContain(burn?.lines[0]?.[0]);
  });

  it('shows a vertex alone, and waiting beside work on one scale', async () => {
    const { vertices } = await server.get<{ vertices: { id: string; name: string }[] }>(
      `/jobs/${jobId}`,
    );
    const [first] = vertices;
    const { profile } = await sampled(
      `viewer=test&mode=mixed&vertex=${first!.id}&window=60000`,
      SAMPLES_FEW,
    );
    const names = profile!.tree.frames.map(({ name }) => name);
    expect(names).toContain('score');
    expect(names).not.toContain('after');
    const [times] = profile!.times;
    const { running, queued, external, blocked, starved, subtasks } = times!;
    expect(running + queued + external + blocked + starved).toBeCloseTo(subtasks, 6);
    const treeMs = profile!.tree.self.reduce((sum, ms) => sum + ms, 0);
    expect(Math.abs(shareOf(profile!.tree, 'running') - 100 * running)).toBeLessThan(1);
    expect(treeMs).toBeGreaterThan(0);
  });

  it('answers Flink’s clients in samples', async () => {
    const { vertices } = await server.get<{ vertices: { id: string }[] }>(`/jobs/${jobId}`);
    const path = `/jobs/${jobId}/vertices/${vertices[0]!.id}/flamegraph?type=on_cpu`;
    const graph = await server.get<{ endTimestamp: number; data: { name: string; value: number } }>(
      path,
    );
    expect(graph.endTimestamp).toBeGreaterThan(0);
    expect(graph.data).toMatchObject({ name: 'root' });
    expect(graph.data.value).toBeGreaterThan(0);
  });

  it('reads the stacks of the threads while they work', async () => {
    const { taskManagers } = await server.get<{ taskManagers: { id: string }[] }>(
      '/weir/v1/taskmanagers',
    );
    const { threads } = await server.get<ThreadStacks>(
      `/weir/v1/taskmanagers/${taskManagers[0]!.id}/stacks`,
    );
    const [main, slot] = threads;
    expect(main).toMatchObject({ slot: -1, state: 'waiting' });
    expect(slot).toMatchObject({ slot: 0, name: 'slot-0', state: 'running' });
    expect(slot!.stack.length).toBeGreaterThan(0);
    expect(slot!.stack.some(({ kind }) => kind === 'engine')).toBe(true);
  });

  it('leaves nothing attached once the last viewer has gone', async () => {
    const here = await ask('viewer=one');
    await ask('viewer=two');
    expect(here.attached).toBe(1);
    await server.leaveFlameGraph(jobId, 'one');
    expect((await ask('')).attached).toBe(1);
    await server.leaveFlameGraph(jobId, 'two');
    await server.leaveFlameGraph(jobId, 'test');
    let last = await ask('');
    await until(
      async () => {
        last = await ask('');
        return last.attached === 0;
      },
      () => `${last.attached} threads are still sampled for ${last.viewers} viewers`,
    );
    const count = last.moments.length;
    expect((await ask('')).moments).toHaveLength(count);
  });

  it('goes on with the next attempt while a viewer is there', async () => {
    await sampled('viewer=again&window=60000', SAMPLES_FEW);
    const { pid, attempt } = await server.info(jobId);
    process.kill(pid!, 'SIGKILL');
    await until(
      async () => (await server.info(jobId)).attempt > attempt,
      () => 'the job does not restart',
    );
    let answer = await ask('viewer=again');
    await until(
      async () => {
        answer = await ask('viewer=again&window=2000');
        return answer.attached === 1 && (answer.profile?.samples ?? 0) > 0;
      },
      () => `${answer.status}, ${answer.attached} threads attached`,
      40_000,
    );
    await server.leaveFlameGraph(jobId, 'again');
  });
});
