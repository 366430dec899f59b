/**
 * The law by which a CPU profile may speak about operators: the share of its samples that lie in
 * an operator's script, or in what that script called, is the operator's share of running time.
 * Both sides are taken in CPU time of this thread, so that a busy machine does not matter.
 */
import type { Profiler } from 'node:inspector';
import { Session } from 'node:inspector/promises';
import { type ClockPort, Configuration, keyGroupRangeOf, type OperatorId } from '@weir/core';
import type { OperatorNode } from '@weir/graph';
import { createTestContext, VirtualTime } from '@weir/testing';
import { describe, expect, it } from 'vitest';
import { filterFactory } from '../operators/filter.ts';
import { flatMapFactory } from '../operators/flat-map.ts';
import { keyedProcessFactory } from '../operators/keyed-process.ts';
import { mapFactory } from '../operators/map.ts';
import { reduceFactory } from '../operators/reduce.ts';
import type { OperatorFactory } from '../operators/stream-operator.ts';
import { windowFactory } from '../operators/window.ts';
import { createHashMapKeyedStateBackend } from '../state/hashmap/hashmap-keyed-state-backend.ts';
import { ChainNode } from './chain-node.ts';
import { OperatorChain } from './operator-chain.ts';

interface Row {
  readonly value: number;
}

const CPU_MS = 4000;
/** V8 does not tell a profiler of loops that it replaced while they ran, before it was there. */
const WARM_UP_CPU_MS = 2000;
const TIMEOUT_MS = 120_000;
const SAMPLE_MICROS = 250;
/** Percentage points. */
const TOLERANCE = 5;

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

const KEYS = 16;
const MAX_PARALLELISM = 128;
const BATCH_ROWS = 1024;
const WINDOW_MS = 4 * BATCH_ROWS;

const keyed = { keySelector: (row: Row) => row.value & (KEYS - 1), keyType: null };

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
  reduceFactory({
    ...keyed,
    fn: (left: Row, right: Row): Row => ({ value: churn(left.value ^ right.value, 400) }),
    valueType: null,
  }),
  keyedProcessFactory({
    ...keyed,
    fn: {
      processElement: (row: Row, _context: unknown, out: { collect(row: Row): void }) => {
        out.collect({ value: churn(row.value, 300) });
      },
    },
  }),
  windowFactory({
    ...keyed,
    assigner: { kind: 'tumbling', timeDomain: 'EVENT_TIME', sizeMs: WINDOW_MS, offsetMs: 0 },
    allowedLatenessMs: 0,
    lateTag: null,
    function: {
      kind: 'reduce',
      reduce: (left: Row, right: Row): Row => ({ value: churn(left.value ^ right.value, 200) }),
      accumulatorType: null,
      process: {
        // All keys of a window together as dear as one of its batches.
        process: (_key: unknown, _context: unknown, rows: readonly Row[], out) => {
          out.collect({ value: churn(rows[0]!.value, (200 * BATCH_ROWS) / KEYS) });
        },
      },
    },
  }),
  filterFactory((row: Row) => churn(row.value, 100) === 0.5),
];

function chainOf(factories: readonly OperatorFactory[]): OperatorChain {
  const time = new VirtualTime();
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
    const keyedState =
      factory.keyType === undefined
        ? null
        : createHashMapKeyedStateBackend({
            keyGroupRange: keyGroupRangeOf(0, 1, MAX_PARALLELISM),
            maxParallelism: MAX_PARALLELISM,
            clock: time,
            keyType: factory.keyType,
          });
    return new ChainNode(node, factory.create(), keyedState, false);
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
          maxParallelism: MAX_PARALLELISM,
          attempt: 0,
        },
        time,
        keyedState: node.keyedState,
        configuration: new Configuration(),
        restoredCheckpointId: null,
        wakeUp: () => undefined,
        fail: () => undefined,
      }),
    );
  });
  return new OperatorChain(nodes, clock, 0);
}

/** Batches of one event-time millisecond a row, each followed by a watermark. */
class Input {
  #timestampMs = 0;

  work(chain: OperatorChain, cpuMs: number): void {
    const untilMs = clock.monotonicMs() + cpuMs;
    while (clock.monotonicMs() < untilMs) {
      const rows = Array.from({ length: BATCH_ROWS }, (_, value): Row => ({ value }));
      const timestamps = Float64Array.from(rows, ({ value }) => this.#timestampMs + value);
      this.#timestampMs += BATCH_ROWS;
      chain.offer({ kind: 'objects', count: BATCH_ROWS, rows, timestamps, keyHashes: null });
      chain.offer({ kind: 'watermark', timestampMs: this.#timestampMs - 1 });
      chain.run(Number.POSITIVE_INFINITY);
    }
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
      const input = new Input();
      input.work(chain, WARM_UP_CPU_MS);
      const before = chain.nodes.map(({ runningMs }) => runningMs);
      const profile = await profileOf(() => input.work(chain, CPU_MS));
      const measured = shares(chain.nodes.map(({ runningMs }, i) => runningMs - before[i]!));
      const samples = samplesByScript(profile);
      const counts = chain.nodes.map((_, i) => samples.get(`harness/op${i}#0`) ?? 0);
      expect(counts.reduce((left, right) => left + right, 0)).toBeGreaterThan(500);
      const sampled = shares(counts);
      const far = measured.filter((share, i) => Math.abs(share - sampled[i]!) > TOLERANCE);
      expect(far, `measured ${measured}, sampled ${sampled}`).toEqual([]);
      // The dearest operator is plainly the dearest, or shares would say nothing.
      expect(Math.max(...measured)).toBe(measured[2]);
      expect(measured[2]).toBeGreaterThan(20);
    },
    TIMEOUT_MS,
  );
});
