/** A source that is supplied at a rate, from outside: what is due and was not read is its backlog. */
import {
  MIN_TIMESTAMP,
  type PollStatus,
  type ReaderOutput,
  type Source,
  type SourceContext,
  type SourceReader,
  type SourceSplit,
  type SplitReport,
  types,
} from '@weir/core';

export interface Item {
  readonly key: number;
  readonly n: number;
}

export interface SupplyOptions {
  readonly tellsBacklog: boolean;
  /** Records of one reader that are due after so many ms. */
  due(elapsedMs: number): number;
  /** Records per second that the outside hands out at most; null = all that are due. */
  readRate(): number | null;
  keyOf(n: number): number;
}

interface SupplySplit extends SourceSplit {
  readonly number: number;
  readonly emitted: number;
}

const POLL_MS = 10;

export class Supply implements Source<Item, SupplySplit> {
  readonly boundedness = 'CONTINUOUS_UNBOUNDED';
  readonly producedType = types.object({ key: types.f64(), n: types.f64() });
  readonly splitType = types.object({
    splitId: types.string(),
    number: types.f64(),
    emitted: types.f64(),
  });
  readonly discoveryIntervalMs = null;
  readonly #options: SupplyOptions;
  readonly #splits: number;

  constructor(splits: number, options: SupplyOptions) {
    this.#splits = splits;
    this.#options = options;
  }

  async discoverSplits(): Promise<readonly SupplySplit[]> {
    return Array.from({ length: this.#splits }, (_, number) => ({
      splitId: `part-${number}`,
      number,
      emitted: 0,
    }));
  }

  ownerOf({ number }: SupplySplit, parallelism: number): number {
    return number % parallelism;
  }

  createReader(context: SourceContext): SourceReader<Item, SupplySplit> {
    return new SupplyReader(this.#options, context);
  }
}

class SupplyReader implements SourceReader<Item, SupplySplit> {
  readonly #options: SupplyOptions;
  readonly #context: SourceContext;
  #split: SupplySplit | null = null;
  #emitted = 0;
  #startedAtMs = 0;
  #allowed = 0;
  #allowedAtMs = 0;
  #timer: { cancel(): void } | null = null;
  readonly splitReports?: () => readonly SplitReport[];

  constructor(options: SupplyOptions, context: SourceContext) {
    this.#options = options;
    this.#context = context;
    if (options.tellsBacklog) this.splitReports = () => this.#reports();
  }

  addSplits(splits: readonly SupplySplit[]): void {
    this.#split = splits[0] ?? null;
  }

  start(): void {
    this.#startedAtMs = this.#context.clock.monotonicMs();
    this.#allowedAtMs = this.#startedAtMs;
  }

  pollNext(output: ReaderOutput<Item>): PollStatus {
    const split = this.#split;
    if (split === null) return 'END_OF_INPUT';
    let ready = Math.min(this.#due() - this.#emitted, this.#readable());
    while (output.room > 0 && ready >= 1) {
      const n = this.#emitted++;
      output.collect({ key: this.#options.keyOf(n), n }, MIN_TIMESTAMP, split.splitId);
      this.#allowed--;
      ready--;
    }
    if (ready >= 1) return 'MORE_AVAILABLE';
    this.#timer?.cancel();
    this.#timer = this.#context.timers.schedule(POLL_MS, () => this.#context.wakeUp());
    return 'NOTHING_AVAILABLE';
  }

  snapshotState(): readonly SupplySplit[] {
    return this.#split === null ? [] : [{ ...this.#split, emitted: this.#emitted }];
  }

  close(): void {
    this.#timer?.cancel();
  }

  #due(): number {
    return this.#options.due(this.#context.clock.monotonicMs() - this.#startedAtMs);
  }

  #readable(): number {
    const rate = this.#options.readRate();
    const nowMs = this.#context.clock.monotonicMs();
    const grown =
      rate === null ? Number.POSITIVE_INFINITY : (rate * (nowMs - this.#allowedAtMs)) / 1000;
    // What was not used in a while is not saved up.
    this.#allowed = Math.min(Math.max(0, this.#allowed) + grown, rate ?? Number.POSITIVE_INFINITY);
    this.#allowedAtMs = nowMs;
    return this.#allowed;
  }

  #reports(): readonly SplitReport[] {
    if (this.#split === null) return [];
    const pendingRecords = Math.max(0, Math.floor(this.#due() - this.#emitted));
    const { splitId } = this.#split;
    return [{ splitId, pendingRecords, pendingMs: null, position: null, finished: false }];
  }
}
