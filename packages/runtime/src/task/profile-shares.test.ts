/**
 * The law by which a CPU profile may speak about operators: the share of its samples that lie in
 * an operator's script, or in what that script called, is the operator's share of running time.
 * Both sides are taken in CPU time of this thread, so that a busy machine does not matter.
 */
import type { Profiler } from 'node:inspector';
import { Session } from 'node:inspector/promises';
import { type ClockPort, Configuration, type OperatorId } from '@weir/core';
import type { OperatorNode } from '@weir/graph';
import { createTestContext, VirtualTime } from '@weir/testing';
import { describe, expect, it } from 'vitest';
import { filterFactory } from '../operators/filter.ts';
import { flatMapFactory } from '../operators/flat-map.ts';
import { mapFactory } from '../operators/map.ts';
import type { OperatorFactory } from '../operators/stream-operator.ts';
import { ChainNode } from './chain-node.ts';
import { OperatorChain } from './operator-chain.ts';

interface Row {
  readonly value: number;
}

const CPU_MS = 1000;
/** V8 does not tell a profiler of loops that it replaced while they ran, before it was there. */
const WARM_UP_CPU_MS = 2000;
const TIMEOUT_MS = 120_000;
const SAMPLE_MICROS = 250;
/** Percentage points. */
const TOLERANCE = 4;

/** CPU time of this thread. */
const clock: ClockPort = {
  nowMs: () => 0,
  monotonicMs: () => {
    const { user, system } = process.threadCpuUsage();
    return (user + system) / 1000;
  },
};

/** Work that V8 can't leave out; the rounds are the operator's known cost. */
function churn(value: number, rounds: number): number {
  let hash = value | 0;
  for (let i = 0; i < rounds; i++) hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) + i;
  return hash;
}

/** Kinds and costs of all sorts, neighbours of one kind among them; most cost from the user's. */
const FACTORIES: readonly OperatorFactory[] = [
  mapFactory((row: Row): Row => ({ value: churn(row.value, 200) })),
  filterFactory((row: Row) => churn(row.value, 100) !== 0.5),
  mapFactory((row: Row): Row => ({ value: churn(row.value, 800) })),
  mapFactory((row: Row): Row => ({ value: churn(row.value, 300) })),
  flatMapFactory((row: Row, out: { collect(row: Row): void }) => {
    out.collect({ value: churn(row.value, 500) });
  }),
  mapFactory((row: Row): Row => ({ value: row.value + 1 })),
  filterFactory((row: Row) => churn(row.value, 100) === 0.5),
];

function chainOf(factories: readonly OperatorFactory[]): OperatorChain {
  const nodes = factories.map((factory, index) => {
    const last = index === factories.length - 1;
    const node: OperatorNode = {
      id: `op${index}` as OperatorId,
      uid: null,
      name: `op${index}`,
      role: 'operator',
      operatorType: 'Map',
      keyed: false,
      callSite: null,
      origin: null,
      chainedOutputs: last ? [] : [{ target: index + 1, outputTag: null }],
    };
    return new ChainNode(node, factory.create(), null, false);
  });
  nodes.forEach((node, index) => {
    const child = nodes[index + 1];
    node.connect(null, child === undefined ? [] : [child], []);
    node.operator.open(
      createTestContext({
        operatorId: node.node.id,
        taskInfo: {
          jobName: 'job',
          taskName: 'task',
          operatorName: node.node.name,
          subtaskIndex: 0,
          parallelism: 1,
          maxParallelism: 1,
          attempt: 0,
        },
        time: new VirtualTime(),
        keyedState: null,
        configuration: new Configuration(),
        restoredCheckpointId: null,
        wakeUp: () => undefined,
        fail: () => undefined,
      }),
    );
  });
  return new OperatorChain(nodes, clock, 0);
}

function work(chain: OperatorChain, cpuMs: number): void {
  const untilMs = clock.monotonicMs() + cpuMs;
  while (clock.monotonicMs() < untilMs) {
    const rows = Array.from({ length: 1024 }, (_, value): Row => ({ value }));
    chain.offer({ kind: 'objects', count: 1024, rows, timestamps: null, keyHashes: null });
    chain.run(Number.POSITIVE_INFINITY);
  }
}

async function profileOf(run: () => void): Promise<Profiler.Profile> {
  const session = new Session();
  session.connect();
  try {
    await session.post('Profiler.enable');
    await session.post('Profiler.setSamplingInterval', { interval: SAMPLE_MICROS });
    await session.post('Profiler.start');
    run();
    const { profile } = await session.post('Profiler.stop');
    return profile;
  } finally {
    session.disconnect();
  }
}

/** Samples by script, those of everything that a script called included. */
function samplesByScript({ nodes }: Profiler.Profile): Map<string, number> {
  const samples = new Map<string, number>();
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const visit = (id: number, script: string | null): void => {
    const { callFrame, hitCount = 0, children = [] } = byId.get(id)!;
    const own = /^harness\/op\d+#0$/.test(callFrame.url) ? callFrame.url : script;
    if (own !== null) samples.set(own, (samples.get(own) ?? 0) + hitCount);
    for (const child of children) visit(child, own);
  };
  visit(nodes[0]!.id, null);
  return samples;
}

function shares(values: readonly number[]): number[] {
  const sum = values.reduce((left, right) => left + right, 0);
  return values.map((value) => (100 * value) / sum);
}

describe('a CPU profile of a chain', () => {
  it(
    'gives each operator the share of time that it was measured to run',
    async () => {
      const chain = chainOf(FACTORIES);
      work(chain, WARM_UP_CPU_MS);
      const before = chain.nodes.map(({ runningMs }) => runningMs);
      const profile = await profileOf(() => work(chain, CPU_MS));
      const measured = shares(chain.nodes.map(({ runningMs }, i) => runningMs - before[i]!));
      const samples = samplesByScript(profile);
      const counts = chain.nodes.map((_, i) => samples.get(`harness/op${i}#0`) ?? 0);
      expect(counts.reduce((left, right) => left + right, 0)).toBeGreaterThan(500);
      const sampled = shares(counts);
      const far = measured.filter((share, i) => Math.abs(share - sampled[i]!) > TOLERANCE);
      expect(far, `measured ${measured}, sampled ${sampled}`).toEqual([]);
      // The dearest operator is plainly the dearest, or shares would say nothing.
      expect(Math.max(...measured)).toBe(measured[2]);
      expect(measured[2]).toBeGreaterThan(25);
    },
    TIMEOUT_MS,
  );
});
