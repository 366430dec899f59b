/**
 * Orders made on the spot, as many as asked for and, when paced, as many a second as asked for.
 * One split; its position is the state, so checkpoints cost next to nothing here.
 */
import {
  type PollStatus,
  type ReaderOutput,
  type Source,
  type SourceContext,
  type SourceReader,
  type SourceSplit,
  types,
} from '@weir/core';
import { type Order, orderAt, orderOf, userNames } from './orders.ts';

export interface OrderSourceOptions {
  readonly records: number;
  readonly keys: number;
  /** In event time. */
  readonly recordsPerSecond: number;
  /** In real time, records carrying the time at which they were due; null = as fast as it goes. */
  readonly pace: number | null;
}

interface OrderSplit extends SourceSplit {
  readonly position: number;
}

const SPLIT_ID = 'orders';
const PACED_WAIT_MS = 1;

export class OrderSource implements Source<Order, OrderSplit> {
  readonly boundedness = 'BOUNDED';
  readonly producedType = null;
  readonly splitType = types.object({ splitId: types.string(), position: types.f64() });
  readonly discoveryIntervalMs = null;
  readonly #options: OrderSourceOptions;

  constructor(options: OrderSourceOptions) {
    this.#options = options;
  }

  async discoverSplits(): Promise<readonly OrderSplit[]> {
    return [{ splitId: SPLIT_ID, position: 0 }];
  }

  ownerOf(): number {
    return 0;
  }

  createReader(context: SourceContext): SourceReader<Order, OrderSplit> {
    return new OrderReader(this.#options, context);
  }
}

class OrderReader implements SourceReader<Order, OrderSplit> {
  readonly #options: OrderSourceOptions;
  readonly #context: SourceContext;
  readonly #users: readonly string[];
  #position = 0;
  #startMs = 0;

  constructor(options: OrderSourceOptions, context: SourceContext) {
    this.#options = options;
    this.#context = context;
    this.#users = userNames(options.keys);
  }

  start(): void {}

  addSplits(splits: readonly OrderSplit[]): void {
    for (const { position } of splits) this.#position = position;
  }

  pollNext(output: ReaderOutput<Order>): PollStatus {
    const { records, pace } = this.#options;
    if (pace !== null) return this.#pollPaced(output, pace);
    const end = Math.min(records, this.#position + output.room);
    this.#emit(output, end);
    return end === records ? 'END_OF_INPUT' : 'MORE_AVAILABLE';
  }

  snapshotState(): readonly OrderSplit[] {
    return [{ splitId: SPLIT_ID, position: this.#position }];
  }

  close(): void {}

  #emit(output: ReaderOutput<Order>, end: number): void {
    const { recordsPerSecond } = this.#options;
    const users = this.#users;
    for (let id = this.#position; id < end; id++) {
      const order = orderAt(id, users, recordsPerSecond);
      output.collect(order, order.timeMs, SPLIT_ID);
    }
    this.#position = end;
  }

  #pollPaced(output: ReaderOutput<Order>, pace: number): PollStatus {
    const { records } = this.#options;
    const { clock, timers } = this.#context;
    if (this.#startMs === 0) this.#startMs = clock.nowMs();
    const due = Math.floor(((clock.nowMs() - this.#startMs) * pace) / 1000);
    const end = Math.min(records, due, this.#position + output.room);
    for (let id = this.#position; id < end; id++) {
      const dueMs = this.#startMs + (id * 1000) / pace;
      output.collect(orderOf(id, this.#users, dueMs), dueMs, SPLIT_ID);
    }
    this.#position = Math.max(this.#position, end);
    if (this.#position === records) return 'END_OF_INPUT';
    if (this.#position < due) return 'MORE_AVAILABLE';
    timers.schedule(PACED_WAIT_MS, () => this.#context.wakeUp());
    return 'NOTHING_AVAILABLE';
  }
}
