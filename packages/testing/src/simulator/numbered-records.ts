/**
 * The data of a simulated job: numbered records in splits, each a pure function of its place, and
 * the source that reads them. Within a split event time is out of order by at most a bound.
 */
import {
  type Source,
  type SourceContext,
  type SourceReader,
  type SourceSplit,
  type TypeInformation,
  types,
} from '@weir/core';
import { SeededRandom } from '../seeded-random.ts';
import { VIRTUAL_START_MS } from '../virtual-time.ts';
import type { DataShape } from './scenario.ts';

export interface NumberedRecord {
  /** Across all sources. */
  readonly split: number;
  /** From 0 within its split. */
  readonly seq: number;
  readonly key: string;
  readonly atMs: number;
  readonly text: string;
}

export interface NumberedSplit extends SourceSplit {
  readonly split: number;
  readonly position: number;
  readonly length: number;
}

const OVERSIZE_LENGTH = 3000;
const FIRST_MS = 1_000_000;

export function recordOf(data: DataShape, split: number, seq: number): NumberedRecord {
  const random = new SeededRandom(split * 7919 + seq * 104_729 + 1);
  const key = Math.floor(random.next() ** data.skew * data.keys);
  const late = random.below(data.outOfOrderMs + 1);
  const oversize = data.oversizeEvery > 0 && seq % data.oversizeEvery === data.oversizeEvery - 1;
  const length = oversize ? OVERSIZE_LENGTH : random.below(data.textLengthMax + 1);
  return {
    split,
    seq,
    key: `k${key}`,
    atMs: beginOf(data, split) + seq * data.stepMs - late,
    text: 'x'.repeat(length),
  };
}

/** A split that appears later lies behind the others in event time, so that it is seldom late. */
function beginOf(data: DataShape, split: number): number {
  const longest = Math.max(...data.splits.flat()) * data.stepMs;
  const later = data.appearsMs[split]! > 0 ? 1 + split : 0;
  return FIRST_MS + later * (longest + data.outOfOrderMs + 1);
}

/** Every record of the job, split after split. */
export function allRecords(data: DataShape): NumberedRecord[] {
  return data.splits
    .flat()
    .flatMap((length, split) => Array.from({ length }, (_, seq) => recordOf(data, split, seq)));
}

export class NumberedSource implements Source<NumberedRecord, NumberedSplit> {
  readonly boundedness: 'BOUNDED' | 'CONTINUOUS_UNBOUNDED';
  readonly producedType = null;
  readonly discoveryIntervalMs: number | null;
  readonly splitType: TypeInformation<NumberedSplit> = types.object({
    splitId: types.string(),
    split: types.i32(),
    position: types.i32(),
    length: types.i32(),
  });
  readonly #data: DataShape;
  readonly #splits: readonly NumberedSplit[];

  /** `source` = the position in `data.splits`. */
  constructor(data: DataShape, source: number) {
    const first = data.splits.slice(0, source).flat().length;
    this.#data = data;
    this.discoveryIntervalMs = data.discoveryIntervalMs;
    this.boundedness = data.discoveryIntervalMs === null ? 'BOUNDED' : 'CONTINUOUS_UNBOUNDED';
    this.#splits = data.splits[source]!.map((length, at) => {
      const split = first + at;
      return { splitId: `split-${split}`, split, position: 0, length };
    });
  }

  async discoverSplits({ clock }: SourceContext): Promise<readonly NumberedSplit[]> {
    const sinceMs = clock.nowMs() - VIRTUAL_START_MS;
    return this.#splits.filter(({ split }) => this.#data.appearsMs[split]! <= sinceMs);
  }

  ownerOf({ split }: NumberedSplit, parallelism: number): number {
    return split % parallelism;
  }

  createReader(context: SourceContext): SourceReader<NumberedRecord, NumberedSplit> {
    return new NumberedReader(this.#data, context);
  }
}

class NumberedReader implements SourceReader<NumberedRecord, NumberedSplit> {
  readonly #data: DataShape;
  readonly #context: SourceContext;
  readonly #splits: NumberedSplit[] = [];
  readonly #finished = new Set<string>();
  #turn = 0;
  #pauseUntilMs = 0;

  constructor(data: DataShape, context: SourceContext) {
    this.#data = data;
    this.#context = context;
  }

  start(): void {}

  addSplits(splits: readonly NumberedSplit[]): void {
    this.#splits.push(...splits);
  }

  pollNext(output: Parameters<SourceReader<NumberedRecord, NumberedSplit>['pollNext']>[0]) {
    const { clock, timers } = this.#context;
    if (clock.nowMs() < this.#pauseUntilMs) return 'NOTHING_AVAILABLE';
    for (let rows = 0; rows < this.#data.pollRows && output.room > 0; rows++) {
      const at = this.#nextSplit();
      if (at === -1) return this.#finish(output);
      const split = this.#splits[at]!;
      const record = recordOf(this.#data, split.split, split.position);
      this.#splits[at] = { ...split, position: split.position + 1 };
      output.collect(record, record.atMs, split.splitId);
      if (split.position + 1 === split.length) this.#finishSplit(output, split.splitId);
    }
    if (this.#data.pollPauseMs === 0) return 'MORE_AVAILABLE';
    this.#pauseUntilMs = clock.nowMs() + this.#data.pollPauseMs;
    timers.schedule(this.#data.pollPauseMs, () => this.#context.wakeUp());
    return 'NOTHING_AVAILABLE';
  }

  snapshotState(): readonly NumberedSplit[] {
    return [...this.#splits];
  }

  close(): void {}

  #nextSplit(): number {
    for (let i = 0; i < this.#splits.length; i++) {
      const at = (this.#turn + i) % this.#splits.length;
      const { position, length } = this.#splits[at]!;
      if (position >= length) continue;
      this.#turn = at + 1;
      return at;
    }
    return -1;
  }

  #finish(output: Parameters<SourceReader<NumberedRecord, NumberedSplit>['pollNext']>[0]) {
    for (const { splitId } of this.#splits) this.#finishSplit(output, splitId);
    return this.#data.discoveryIntervalMs === null ? 'END_OF_INPUT' : 'NOTHING_AVAILABLE';
  }

  #finishSplit(
    output: Parameters<SourceReader<NumberedRecord, NumberedSplit>['pollNext']>[0],
    splitId: string,
  ): void {
    if (this.#finished.has(splitId)) return;
    this.#finished.add(splitId);
    output.splitFinished?.(splitId);
  }
}
