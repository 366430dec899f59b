/** Statistics of one airport's delays over one hour. */
import {
  type AggregateFunction,
  type Collector,
  ProcessWindowFunction,
  types,
  type WindowContext,
} from '@weir/datastream';
import type { Flight, HourlyDelays } from './flight.ts';

interface Delays {
  readonly count: number;
  readonly sumDelay: number;
  readonly maxDelay: number;
}

export const DELAYS = types.object({
  count: types.i32(),
  sumDelay: types.i64(),
  maxDelay: types.f64(),
});

export const sumUpDelays: AggregateFunction<Flight, Delays, Delays> = {
  createAccumulator: () => ({ count: 0, sumDelay: 0, maxDelay: Number.NEGATIVE_INFINITY }),
  add: ({ delay }, { count, sumDelay, maxDelay }) => ({
    count: count + 1,
    sumDelay: sumDelay + delay,
    maxDelay: Math.max(maxDelay, delay),
  }),
  getResult: (delays) => delays,
};

/** Says which airport and hour the statistics are of. */
export class AddHour extends ProcessWindowFunction<Delays, HourlyDelays, string> {
  process(
    origin: string,
    context: WindowContext,
    results: Iterable<Delays>,
    out: Collector<HourlyDelays>,
  ): void {
    const windowStartMs = context.window().start;
    for (const { count, sumDelay, maxDelay } of results) {
      out.collect({ windowStartMs, origin, count, sumDelay, maxDelay });
    }
  }
}
