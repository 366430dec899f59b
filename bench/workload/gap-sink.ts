import { MeasuringSink } from './measuring-sink.ts';
import { Histogram, type Times } from './measurement.ts';
import type { Order } from './orders.ts';

const GAPS_MAX = 4_000_000;
/** Reading the clock per record would cost as much as the record. */
const RECORDS_PER_LOOK = 64;

/** Times between records, one look every 64 of them, after the first `warmUp`. */
export class GapMeter {
  readonly #gaps = new Histogram(GAPS_MAX);
  readonly #warmUp: number;
  #count = 0;
  #lastMs = 0;

  constructor(warmUp: number) {
    this.#warmUp = warmUp;
  }

  look(): void {
    if (++this.#count % RECORDS_PER_LOOK !== 0) return;
    const nowMs = performance.now();
    if (this.#count > this.#warmUp) this.#gaps.add(nowMs - this.#lastMs);
    this.#lastMs = nowMs;
  }

  get result(): Times {
    return this.#gaps.result;
  }
}

export function gapSink(file: string, warmUp: number): MeasuringSink<Order> {
  return new MeasuringSink<Order>(file, () => {
    const meter = new GapMeter(warmUp);
    return {
      record: () => meter.look(),
      columns() {},
      get result() {
        return meter.result;
      },
    };
  });
}
