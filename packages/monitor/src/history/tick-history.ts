/**
 * The ticks of one job over time: a second, ten seconds and a minute apart. What comes in by the
 * second is merged into the coarser ones as their time is full.
 *
 * Invariants: times increase within a series; a block holds ticks of one shape; memory holds the
 * open blocks only. What a crash loses is a merged tick that was not full; it is made again of the
 * finer ones.
 */
import type { JobTick } from '@weir/console-protocol';
import { mergeTicks } from '../tick-merge.ts';
import { type HistoryStorage, SERIES, type StoredBlock, TICK_SERIES } from './history-storage.ts';
import { readableBlocks } from './readable-blocks.ts';
import { TickBlock } from './tick-block.ts';
import { fitsShape, shapeOfTick } from './tick-codes.ts';

/** Rows of very wide jobs are sealed earlier. */
const OPEN_BYTES_MAX = 8 * 1_048_576;
const OPEN_ROWS_MIN = 6;

export class TickHistory {
  readonly #series: readonly OpenSeries[];
  /** Ticks of the bucket of each coarser series that is not full. */
  readonly #buckets: JobTick[][] = [[], []];

  /** Goes on with what an earlier process left. */
  constructor(jobId: string, storage: HistoryStorage) {
    this.#series = TICK_SERIES.map((series) => new OpenSeries(jobId, series, storage));
    this.#mergeLeftOver();
  }

  get last(): JobTick | null {
    return this.#series[0]!.last ?? this.#series[1]!.last ?? this.#series[2]!.last;
  }

  /** @param tick later than all before. */
  add(tick: JobTick): void {
    this.#addTo(0, tick);
  }

  /** In the order of the steps: ms between ticks. */
  get steps(): readonly number[] {
    return this.#series.map(({ stepMs }) => stepMs);
  }

  /** Of the first tick that there is in from ≤ t < to at a step; null = none. */
  firstIn(step: number, from: number, to: number): number | null {
    const series = this.#series.find(({ stepMs }) => stepMs === step);
    return series?.firstIn(from, to) ?? null;
  }

  /** Ticks with from ≤ t < to at a step, oldest first; with what is not full yet at the end. */
  range(step: number, from: number, to: number): JobTick[] {
    const at = this.#series.findIndex(({ stepMs }) => stepMs === step);
    const found = this.#series[at]?.range(from, to) ?? [];
    const pending = this.#pending(at).filter(({ t }) => t >= from && t < to);
    return [...found, ...pending];
  }

  /** What has come since the last full tick of a series, as one tick. */
  #pending(at: number): JobTick[] {
    if (at <= 0) return [];
    const ticks = [...this.#buckets[at - 1]!, ...this.#pending(at - 1)];
    return ticks.length === 0 ? [] : [mergeTicks(ticks)];
  }

  #addTo(at: number, tick: JobTick): void {
    const coarser = this.#series[at + 1];
    const bucket = this.#buckets[at];
    this.#series[at]!.add(tick);
    if (coarser === undefined || bucket === undefined) return;
    const first = bucket[0];
    const slot = (t: number) => Math.floor(t / coarser.stepMs);
    if (
      first !== undefined &&
      (slot(first.t) !== slot(tick.t) || !fitsShape(shapeOfTick(first), tick))
    ) {
      const merged = mergeTicks(bucket);
      bucket.length = 0;
      this.#addTo(at + 1, merged);
    }
    bucket.push(tick);
  }

  #mergeLeftOver(): void {
    for (const at of [0, 1]) {
      const [finer, coarser] = [this.#series[at]!, this.#series[at + 1]!];
      const last = coarser.lastTime;
      const full = last === null ? 0 : Math.floor(last / coarser.stepMs) + 1;
      const ticks = finer.range(full * coarser.stepMs, Number.POSITIVE_INFINITY);
      const buckets = Map.groupBy(ticks, ({ t }) => Math.floor(t / coarser.stepMs));
      for (const bucket of buckets.values()) coarser.add(mergeTicks(bucket));
    }
  }
}

/** One series of a job: blocks in the storage, and the one being filled. */
class OpenSeries {
  readonly stepMs: number;
  readonly #jobId: string;
  readonly #series: number;
  readonly #storage: HistoryStorage;
  /** What there was before this. */
  readonly #newest: StoredBlock | null;
  #open: TickBlock | null = null;
  #last: JobTick | null = null;

  constructor(jobId: string, series: number, storage: HistoryStorage) {
    this.#jobId = jobId;
    this.#series = series;
    this.#storage = storage;
    this.stepMs = SERIES[series]!.stepMs;
    const left = TickBlock.fromJournal(storage.rows(jobId, series));
    if (left.length > 0) this.#seal(left);
    this.#newest = storage.newestBlock(jobId, series, '');
  }

  get lastTime(): number | null {
    return this.#last?.t ?? this.#newest?.to ?? null;
  }

  get last(): JobTick | null {
    if (this.#last === null && this.#newest !== null) {
      const [block] = readableBlocks([this.#newest], TickBlock.unpack);
      this.#last = block === undefined ? null : block.tick(block.times.length - 1);
    }
    return this.#last;
  }

  add(tick: JobTick): void {
    const { blockMs } = SERIES[this.#series]!;
    const span = (t: number) => Math.floor(t / blockMs);
    const before = this.#open;
    if (before !== null && (span(before.times[0]!) !== span(tick.t) || !before.fits(tick))) {
      this.#sealOpen();
    }
    this.#open ??= TickBlock.for(tick);
    const body = this.#open.add(tick);
    this.#last = tick;
    this.#storage.addRow(this.#jobId, this.#series, { t: tick.t, body });
    const { codeBytes, times } = this.#open;
    if (codeBytes > OPEN_BYTES_MAX && times.length >= OPEN_ROWS_MIN) this.#sealOpen();
  }

  firstIn(from: number, to: number): number | null {
    const block = this.#storage.firstBlock(this.#jobId, this.#series, '', from, to);
    const [readable] = readableBlocks(block === null ? [] : [block], TickBlock.unpack);
    const found = readable?.times.find((t) => t >= from && t < to);
    if (found !== undefined) return found;
    return this.#open?.times.find((t) => t >= from && t < to) ?? null;
  }

  range(from: number, to: number): JobTick[] {
    const blocks = this.#storage.blocks(this.#jobId, this.#series, '', from, to);
    const readable = readableBlocks(blocks, TickBlock.unpack);
    const sealed = readable.flatMap((block) => block.range(from, to));
    return [...sealed, ...(this.#open?.range(from, to) ?? [])];
  }

  #sealOpen(): void {
    const open = this.#open;
    this.#open = null;
    if (open !== null) this.#seal([open]);
  }

  #seal(blocks: readonly TickBlock[]): void {
    const stored = blocks.map((block) => ({
      part: '',
      from: block.times[0]!,
      to: block.times.at(-1)!,
      body: block.pack(),
    }));
    this.#storage.seal(this.#jobId, this.#series, stored);
  }
}
