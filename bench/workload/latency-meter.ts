/** Ages of orders whose `timeMs` is when they were due; a look at the clock for every 16th. */
import { Histogram, type Times } from './measurement.ts';
import type { Order } from './orders.ts';

const RECORDS_PER_LOOK = 16;

export class LatencyMeter {
  readonly #ages: Histogram;
  readonly #warmUp: number;
  readonly #originMs = performance.timeOrigin;
  #count = 0;

  /** The first quarter of `records` is left out. */
  constructor(records: number) {
    this.#ages = new Histogram(Math.ceil(records / RECORDS_PER_LOOK));
    this.#warmUp = records / 4;
  }

  record(order: Order): void {
    if (++this.#count % RECORDS_PER_LOOK !== 0 || this.#count < this.#warmUp) return;
    this.#ages.add(this.#originMs + performance.now() - order.timeMs);
  }

  columns(): void {}

  get result(): Times {
    return this.#ages.result;
  }
}
