import {
  MAX_WATERMARK,
  OutputTag,
  type ReaderOutput,
  type Source,
  type SourceContext,
  type SourceReader,
  type SourceSplit,
  types,
  type TypeInformation,
  WatermarkStrategy,
} from '@weir/core';
import {
  type HarnessState,
  OperatorHarness,
  record,
  status,
  verifySource,
  VirtualTime,
  watermark,
} from '@weir/testing';
import { describe, expect, it } from 'vitest';
import { sourceFactory } from './source.ts';
import type { SourceStreamOperator } from './stream-operator.ts';

interface RangeSplit extends SourceSplit {
  readonly splitId: string;
  readonly next: number;
  readonly end: number;
}

/** Splits of numbers; the number is its own timestamp. */
class Ranges implements Source<number, RangeSplit> {
  boundedness = 'BOUNDED' as const;
  producedType = null;
  splitType = types.any() as TypeInformation<RangeSplit>;
  discoveryIntervalMs: number | null = null;
  sequentialSplits = false;
  splits: RangeSplit[];
  atEnd: 'END_OF_INPUT' | 'NOTHING_AVAILABLE' = 'END_OF_INPUT';
  context: SourceContext | null = null;

  constructor(...ranges: Array<readonly [number, number]>) {
    this.splits = ranges.map(([next, end], i) => ({ splitId: `s${i}`, next, end }));
  }

  async discoverSplits(): Promise<readonly RangeSplit[]> {
    return this.splits;
  }

  ownerOf(split: RangeSplit, parallelism: number): number {
    return Number(split.splitId.slice(1)) % parallelism;
  }

  createReader(context: SourceContext): SourceReader<number, RangeSplit> {
    this.context = context;
    return new RangeReader(this);
  }
}

/** Round robin over its splits. */
class RangeReader implements SourceReader<number, RangeSplit> {
  readonly #source: Ranges;
  readonly #splits: RangeSplit[] = [];

  constructor(source: Ranges) {
    this.#source = source;
  }

  start(): void {}

  addSplits(splits: readonly RangeSplit[]): void {
    this.#splits.push(...splits);
  }

  pollNext(output: ReaderOutput<number>) {
    while (output.room > 0) {
      const open = this.#splits.filter(({ next, end }) => next < end);
      if (open.length === 0) return this.#source.atEnd;
      const split = this.#source.sequentialSplits
        ? open[0]!
        : open.reduce((least, other) => (other.next < least.next ? other : least));
      output.collect(split.next, split.next, split.splitId);
      const moved = { ...split, next: split.next + 1 };
      this.#splits[this.#splits.indexOf(split)] = moved;
      const ended = moved.next === moved.end && this.#source.atEnd === 'END_OF_INPUT';
      if (ended) output.splitFinished?.(split.splitId);
    }
    return 'MORE_AVAILABLE' as const;
  }

  snapshotState(): readonly RangeSplit[] {
    return this.#splits;
  }

  splitReports() {
    return this.#splits.map(({ splitId, next, end }) => ({
      splitId,
      pendingRecords: end - next,
      pendingMs: null,
      position: `number ${next}`,
      finished: next === end,
    }));
  }

  close(): void {}
}

const perRecord = WatermarkStrategy.forMonotonousTimestamps<number>().withEmission({
  everyRecords: 1,
});
const byInterval = WatermarkStrategy.forMonotonousTimestamps<number>();

function factory(source: Ranges, watermarks: WatermarkStrategy<number> = perRecord) {
  return sourceFactory({ source, watermarks });
}

async function readAll(harness: OperatorHarness, rowsMax: number): Promise<void> {
  while ((await harness.emitNext(rowsMax)) === 'more');
}

describe('source', () => {
  it('emits the same however it is asked', async () => {
    const splits = [watermark(-1), watermark(0), watermark(1), watermark(2)];
    const rows = [0, 1, 2, 3].map((value) => record(value, value));
    await verifySource(
      factory(new Ranges([0, 4], [0, 4])),
      [0, 1, 2]
        .flatMap((at) => [rows[at]!, rows[at]!, splits[at]!])
        .concat([rows[3]!, rows[3]!, splits[3]!, watermark(MAX_WATERMARK)]),
      (actual, expected, mode) => expect(actual, mode).toEqual(expected),
    );
  });

  it('puts each watermark behind its record, and ends event time at the end', async () => {
    const harness = await OperatorHarness.open(factory(new Ranges([1, 4])));
    await readAll(harness, 1024);
    expect(harness.output).toEqual([
      record(1, 1),
      watermark(0),
      record(2, 2),
      watermark(1),
      record(3, 3),
      watermark(2),
      watermark(MAX_WATERMARK),
    ]);
    expect(await harness.emitNext()).toBe('end');
  });

  it('combines splits by their minimum and lets a finished one go', async () => {
    const harness = await OperatorHarness.open(factory(new Ranges([0, 2], [0, 4])));
    await readAll(harness, 1024);
    expect(harness.output).toEqual([
      record(0, 0),
      record(0, 0),
      watermark(-1),
      record(1, 1),
      record(1, 1),
      watermark(0),
      record(2, 2),
      watermark(1),
      record(3, 3),
      watermark(2),
      watermark(MAX_WATERMARK),
    ]);
  });

  it('lets splits that are read in sequence take part one after the other', async () => {
    const source = new Ranges([0, 2], [10, 12]);
    source.sequentialSplits = true;
    const harness = await OperatorHarness.open(factory(source));
    await readAll(harness, 1024);
    expect(harness.output.filter(({ kind }) => kind === 'watermark')).toEqual(
      [-1, 0, 9, 10, MAX_WATERMARK].map(watermark),
    );
  });

  it.each([1, 2, 1024])('reads on exactly after a restore at every step, rows %i', async (rows) => {
    const source = new Ranges([0, 5], [2, 9], [4, 4]);
    let harness = await OperatorHarness.open(factory(source));
    const values: unknown[] = [];
    for (let id = 1; ; id++) {
      const answer = await harness.emitNext(rows);
      values.push(...harness.values);
      if (answer !== 'more') break;
      const state = await harness.snapshot(id);
      await harness.close();
      harness = await OperatorHarness.open(factory(source), { state });
    }
    expect(values.sort()).toEqual([0, 1, 2, 2, 3, 3, 4, 4, 5, 6, 7, 8]);
  });

  it('hands splits over when the parallelism changes', async () => {
    const source = new Ranges([0, 3], [10, 13], [20, 23]);
    const values: unknown[] = [];
    let state: HarnessState | undefined;
    for (const parallelism of [1, 3, 2]) {
      const files = [];
      for (let subtask = 0; subtask < parallelism; subtask++) {
        const place = { subtask, parallelism, ...(state === undefined ? {} : { state }) };
        const harness = await OperatorHarness.open(factory(source), place);
        if (parallelism === 2) await readAll(harness, 1024);
        else await harness.emitNext(1);
        values.push(...harness.values);
        files.push(...(await harness.snapshot(1)).files);
        await harness.close();
      }
      state = { files, checkpointId: 1 };
    }
    expect([...values].sort()).toEqual([0, 1, 10, 11, 12, 2, 20, 21, 22]);
  });

  it('emits nothing after stop until it is told to go on', async () => {
    const harness = await OperatorHarness.open(factory(new Ranges([0, 3])));
    await harness.emitNext(1);
    const source = harness.operator as unknown as { stop(drain: boolean): void; resume(): void };
    source.stop(false);
    expect(await harness.emitNext()).toBe('nothing');
    source.resume();
    await readAll(harness, 1024);
    expect(harness.values).toEqual([0, 1, 2]);
  });

  it('ends event time when it is drained', async () => {
    const harness = await OperatorHarness.open(factory(new Ranges([0, 3])));
    (harness.operator as unknown as { stop(drain: boolean): void }).stop(true);
    expect(await harness.emitNext()).toBe('end');
    expect(harness.output).toEqual([watermark(MAX_WATERMARK)]);
  });

  it('has side outputs, which take no part in watermarks', async () => {
    const source = new Ranges([0, 3]);
    const odd = new OutputTag<number>('odd');
    const { createReader } = source;
    source.createReader = (context) => {
      const reader = createReader.call(source, context);
      return {
        ...reader,
        start: () => reader.start(),
        addSplits: (splits) => reader.addSplits(splits),
        snapshotState: (id) => reader.snapshotState(id),
        close: () => reader.close(),
        pollNext: (output) => {
          output.sideOutput?.(odd, 99, 99);
          return reader.pollNext(output);
        },
      };
    };
    const harness = await OperatorHarness.open(factory(source));
    await readAll(harness, 2);
    // A side output takes one of the two rows of each poll; the last poll finds the end.
    expect(harness.sideValues('odd')).toEqual([99, 99, 99, 99]);
    expect(harness.values).toEqual([0, 1, 2]);
    expect(harness.output).not.toContainEqual(watermark(98));
  });

  it('asks generators by the interval, and finds idle splits', async () => {
    const source = new Ranges([5, 7]);
    source.atEnd = 'NOTHING_AVAILABLE';
    const strategy = byInterval.withIdleness(1000);
    const time = new VirtualTime(0);
    const harness = await OperatorHarness.open(factory(source, strategy), { time });
    await harness.emitNext();
    expect(harness.output).toEqual([record(5, 5), record(6, 6)]);
    await harness.timeTo(200);
    expect(harness.output.splice(0)).toEqual([record(5, 5), record(6, 6), watermark(5)]);
    await harness.timeTo(1200);
    expect(harness.output).toEqual([status(true)]);
  });

  it('is idle where it owns no split, and takes up what discovery finds', async () => {
    const source = new Ranges([0, 1]);
    source.atEnd = 'NOTHING_AVAILABLE';
    source.discoveryIntervalMs = 100;
    const time = new VirtualTime(0);
    const place = { subtask: 1, parallelism: 2, time };
    const harness = await OperatorHarness.open(factory(source), place);
    expect(await harness.emitNext()).toBe('nothing');
    source.splits = [...source.splits, { splitId: 's1', next: 7, end: 8 }];
    await harness.timeTo(150);
    await harness.emitNext();
    expect(harness.output).toEqual([status(true), record(7, 7), status(false), watermark(6)]);
  });

  it('reports what lies ahead', async () => {
    const harness = await OperatorHarness.open(factory(new Ranges([0, 3], [0, 4])));
    expect(harness.operator.gauges?.()).toEqual({ pendingRecords: 7, pendingMs: NaN });
  });

  it('shows each split with its watermark, and since when it is idle', async () => {
    const source = new Ranges([0, 3], [0, 0]);
    source.atEnd = 'NOTHING_AVAILABLE';
    const strategy = byInterval.withIdleness(500);
    const time = new VirtualTime(0);
    const harness = await OperatorHarness.open(factory(source, strategy), { time });
    const source0 = harness.operator as SourceStreamOperator;
    await harness.emitNext();
    await harness.timeTo(300);
    expect(source0.splitViews?.()).toEqual([
      {
        splitId: 's0',
        pendingRecords: 0,
        pendingMs: null,
        position: 'number 3',
        finished: true,
        watermarkMs: 1,
        idleMs: null,
        records: 3,
      },
      {
        splitId: 's1',
        pendingRecords: 0,
        pendingMs: null,
        position: 'number 0',
        finished: true,
        watermarkMs: null,
        idleMs: null,
        records: 0,
      },
    ]);
    await harness.timeTo(700);
    expect(source0.splitViews?.()[1]).toMatchObject({ splitId: 's1', idleMs: 600 });
  });
});
