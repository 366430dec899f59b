/**
 * A job whose source reads many splits of different fates: `orders-1` is 40 s behind the others,
 * `orders-2` falls silent, `orders-3` grows, `orders-4` shrinks, and each tells how far it is.
 * Argument: how many splits there are.
 */
import {
  Duration,
  type PollStatus,
  type ReaderOutput,
  type Source,
  type SourceContext,
  type SourceReader,
  type SourceSplit,
  type SplitReport,
  StreamExecutionEnvironment,
  TumblingEventTimeWindows,
  types,
  WatermarkStrategy,
} from '@weir/datastream';

interface Order {
  readonly split: number;
  readonly time: number;
}

interface Partition extends SourceSplit {
  readonly number: number;
  readonly offset: number;
}

const START_MS = Date.UTC(2026, 0, 1);
const PERIOD_MS = 100;
const LATE_MS = 40_000;

class Orders implements Source<Order, Partition> {
  readonly boundedness = 'CONTINUOUS_UNBOUNDED';
  readonly producedType = null;
  readonly splitType = types.object({
    splitId: types.string(),
    number: types.i32(),
    offset: types.i32(),
  });
  readonly discoveryIntervalMs = null;
  readonly #count: number;

  constructor(count: number) {
    this.#count = count;
  }

  async discoverSplits(): Promise<readonly Partition[]> {
    return Array.from({ length: this.#count }, (_, number) => ({
      splitId: `orders-${number}`,
      number,
      offset: 0,
    }));
  }

  ownerOf({ number }: Partition, parallelism: number): number {
    return number % parallelism;
  }

  createReader(context: SourceContext): SourceReader<Order, Partition> {
    return new OrdersReader(context);
  }
}

/** One record of every split a period, but for those with a fate of their own. */
class OrdersReader implements SourceReader<Order, Partition> {
  readonly #context: SourceContext;
  readonly #partitions: Partition[] = [];
  #rounds = 0;
  /** Of the round that is under way. */
  #next = 0;
  #due = true;

  constructor(context: SourceContext) {
    this.#context = context;
  }

  start(): void {}

  addSplits(splits: readonly Partition[]): void {
    this.#partitions.push(...splits);
  }

  pollNext(output: ReaderOutput<Order>): PollStatus {
    if (!this.#due) return 'NOTHING_AVAILABLE';
    while (this.#next < this.#partitions.length) {
      if (output.room === 0) return 'MORE_AVAILABLE';
      this.#emit(this.#next++, output);
    }
    this.#next = 0;
    this.#rounds++;
    this.#due = false;
    this.#context.timers.schedule(PERIOD_MS, () => {
      this.#due = true;
      this.#context.wakeUp();
    });
    return 'NOTHING_AVAILABLE';
  }

  #emit(at: number, output: ReaderOutput<Order>): void {
    const partition = this.#partitions[at]!;
    const { number, offset, splitId } = partition;
    if (number === 2 && offset > 0) return;
    const time = START_MS + this.#rounds * PERIOD_MS - (number === 1 ? LATE_MS : 0);
    // Every fifth of the first split is so late that its window has been fired.
    const late = number === 0 && this.#rounds % 5 === 4 ? LATE_MS + 600_000 : 0;
    output.collect({ split: number, time: time - late }, time - late, splitId);
    this.#partitions[at] = { ...partition, offset: offset + 1 };
  }

  snapshotState(): readonly Partition[] {
    return this.#partitions;
  }

  splitReports(): readonly SplitReport[] {
    return this.#partitions.map(({ splitId, number, offset }) => {
      const pendingRecords = this.#pending(number);
      const pendingMs =
        number === 1 ? LATE_MS : number === 3 ? 2000 : Math.min(900, pendingRecords);
      const position = `offset ${offset}`;
      return { splitId, pendingRecords, pendingMs, position, finished: false };
    });
  }

  #pending(number: number): number {
    if (number === 3) return 1000 + this.#rounds * 20;
    return number === 4 ? Math.max(1, 90_000 - this.#rounds * 20) : 0;
  }

  close(): void {}
}

const env = StreamExecutionEnvironment.getExecutionEnvironment();
env.setParallelism(2).enableCheckpointing(1000);
env
  .fromSource(
    new Orders(Number(env.args[0] ?? 8)),
    WatermarkStrategy.forMonotonousTimestamps<Order>()
      .withTimestampAssigner((order) => order.time)
      .withIdleness(Duration.ofSeconds(1)),
    'orders',
  )
  .uid('orders')
  .keyBy((order) => order.split)
  .window(TumblingEventTimeWindows.of(Duration.ofSeconds(1)))
  .reduce((left) => left)
  .name('per second')
  .uid('per-second')
  .filter((order) => order.split < 0)
  .print()
  .name('report');
await env.execute('many-splits');
