import {
  type ReaderOutput,
  type Sink,
  type SinkContext,
  type Source,
  type SourceReader,
  type SourceSplit,
  type TypeInformation,
  types,
  WatermarkStrategy,
} from '@weir/core';
import { idOf, type RigJob, SlotRig } from '@weir/testing';
import { describe, expect, it } from 'vitest';
import { sinkFactory } from '../operators/sink.ts';
import { sourceFactory } from '../operators/source.ts';
import { watermarkFactory } from '../operators/timestamps-and-watermarks.ts';

/** Counts up without end in split `s0`; other splits never have anything. */
class Endless implements Source<number> {
  readonly boundedness = 'CONTINUOUS_UNBOUNDED';
  readonly producedType = null;
  readonly splitType = types.any() as TypeInformation<SourceSplit>;
  readonly discoveryIntervalMs = null;
  readonly #splits: number;

  constructor(splits: number) {
    this.#splits = splits;
  }

  async discoverSplits(): Promise<readonly SourceSplit[]> {
    return Array.from({ length: this.#splits }, (_, i) => ({ splitId: `s${i}` }));
  }

  ownerOf({ splitId }: SourceSplit, parallelism: number): number {
    return Number(splitId.slice(1)) % parallelism;
  }

  createReader(): SourceReader<number, SourceSplit> {
    let splits: readonly SourceSplit[] = [];
    let next = 0;
    return {
      start() {},
      addSplits(added) {
        splits = added;
      },
      pollNext(output: ReaderOutput<number>) {
        if (!splits.some(({ splitId }) => splitId === 's0')) return 'NOTHING_AVAILABLE';
        while (output.room > 0) output.collect(next, next++, 's0');
        return 'MORE_AVAILABLE';
      },
      snapshotState: () => splits,
      close() {},
    };
  }
}

/** Takes as many records as it is allowed. */
class Throttled implements Sink<number> {
  readonly committableType = null;
  taken = 0;
  #allowed = 0;
  #context: SinkContext | null = null;

  allow(more: number): void {
    this.#allowed += more;
    this.#context?.wakeUp();
  }

  createWriter(context: SinkContext) {
    this.#context = context;
    return {
      write: (): boolean => {
        if (this.taken >= this.#allowed) return false;
        this.taken++;
        return true;
      },
      flush: async () => {},
      prepareCommit: async () => [],
      close: () => {},
    };
  }
}

interface Rig {
  readonly rig: SlotRig;
  /** What the sink's task has seen. */
  watermark(): number;
}

const byInterval = WatermarkStrategy.forMonotonousTimestamps<number>();

async function start(
  strategy: WatermarkStrategy<number>,
  sink: Throttled,
  over: { splits?: number; parallelism?: number; where?: 'source' | 'behind' } = {},
): Promise<Rig> {
  const { splits = 1, parallelism = 1, where = 'source' } = over;
  const none = WatermarkStrategy.noWatermarks<number>();
  const source = new Endless(splits);
  const atSource = where === 'source';
  const numbers = sourceFactory({ source, watermarks: atSource ? strategy : none });
  const job: RigJob = {
    vertices: [
      {
        name: 'read',
        parallelism,
        operators: [
          { name: 'numbers', factory: numbers },
          ...(atSource ? [] : [{ name: 'marks', factory: watermarkFactory(strategy) }]),
        ],
      },
      {
        name: 'write',
        parallelism: 1,
        operators: [{ name: 'sink', factory: sinkFactory({ sink }) }],
      },
    ],
    edges: [{ from: 'read', to: 'write', strategy: 'REBALANCE' }],
    slots: 1,
  };
  const rig = new SlotRig(job);
  await rig.until(() => rig.states('write').includes('RUNNING'));
  const { series } = rig.all('metricsLayout').at(-1)!.layout;
  const position = series.findIndex(
    ({ vertexId, operatorId, name }) =>
      vertexId === idOf('write') && operatorId === null && name === 'currentInputWatermark',
  );
  const values = new Float64Array(rig.metrics[0]!);
  return { rig, watermark: () => values[position]! };
}

async function seconds({ rig }: Rig, count: number, each: () => void): Promise<void> {
  for (let i = 0; i < count * 10; i++) {
    each();
    await rig.time.advance(100);
  }
}

async function stop({ rig }: Rig): Promise<void> {
  rig.send({ type: 'cancel' });
  await rig.ended;
}

describe('periodic watermarks', () => {
  it.each(['source', 'behind'] as const)('come from a busy task (%s)', async (where) => {
    const sink = new Throttled();
    sink.allow(Number.POSITIVE_INFINITY);
    const job = await start(byInterval, sink, { where });
    await seconds(job, 1, () => {});
    const early = job.watermark();
    expect(early).toBeGreaterThan(0);
    await seconds(job, 1, () => {});
    expect(job.watermark()).toBeGreaterThan(early);
    await stop(job);
  });

  it.each(['source', 'behind'] as const)('keep up behind backpressure (%s)', async (where) => {
    const sink = new Throttled();
    const job = await start(byInterval, sink, { where });
    for (let round = 0; round < 5; round++) {
      await seconds(job, 2, () => sink.allow(200));
      expect(sink.taken).toBe((round + 1) * 4000);
    }
    // What is under way between the two tasks, and the interval itself.
    expect(job.watermark()).toBeGreaterThan(sink.taken - 4000);
    expect(job.watermark()).toBeLessThanOrEqual(sink.taken);
    await stop(job);
  });

  it.each([1, 2])('wait for a split without data until it is idle (parallelism %i)', async (p) => {
    const sink = new Throttled();
    sink.allow(Number.POSITIVE_INFINITY);
    const strategy = byInterval.withIdleness(1500);
    const job = await start(strategy, sink, { splits: 2, parallelism: p });
    await seconds(job, 1, () => {});
    expect(sink.taken).toBeGreaterThan(0);
    expect(job.watermark()).toBeLessThan(0);
    await seconds(job, 2, () => {});
    expect(job.watermark()).toBeGreaterThan(0);
    await stop(job);
  });
});
