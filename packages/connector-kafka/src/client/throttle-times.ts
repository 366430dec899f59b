/**
 * How long brokers have told a client to send nothing, because a quota was reached (KIP-219), over
 * the last half minute to minute: Kafka's `fetch-throttle-time-avg`, `produce-throttle-time-max` …
 */
import type { ClockPort, MetricGroup } from '@weir/core';

export type ThrottledApi = 'Fetch' | 'Produce';

interface Sample {
  readonly sinceMs: number;
  count: number;
  sumMs: number;
  maxMs: number;
}

const SAMPLE_MS = 30_000;

export class ThrottleTimes {
  readonly #clock: ClockPort;
  /** The sample that is being taken, and the one before it. */
  readonly #samples = new Map<ThrottledApi, readonly Sample[]>();

  constructor(clock: ClockPort) {
    this.#clock = clock;
  }

  /** An answer said to wait for that long; mostly 0. */
  heard(api: ThrottledApi, throttleMs: number): void {
    const nowMs = this.#clock.monotonicMs();
    let samples = this.#fresh(api);
    let newest = samples.at(-1);
    if (newest === undefined || nowMs - newest.sinceMs >= SAMPLE_MS) {
      newest = { sinceMs: nowMs, count: 0, sumMs: 0, maxMs: 0 };
      samples = [...samples.slice(-1), newest];
      this.#samples.set(api, samples);
    }
    newest.count++;
    newest.sumMs += throttleMs;
    newest.maxMs = Math.max(newest.maxMs, throttleMs);
  }

  /** Registers the two gauges, in ms; NaN while there was no answer, as in Kafka's clients. */
  register(group: MetricGroup, api: ThrottledApi): void {
    const name = `${api.toLowerCase()}-throttle-time`;
    group.gauge(`${name}-avg`, () => {
      const samples = this.#fresh(api);
      const count = samples.reduce((sum, sample) => sum + sample.count, 0);
      return samples.reduce((sum, { sumMs }) => sum + sumMs, 0) / count;
    });
    group.gauge(`${name}-max`, () => {
      const samples = this.#fresh(api);
      return samples.length === 0 ? Number.NaN : Math.max(...samples.map(({ maxMs }) => maxMs));
    });
  }

  #fresh(api: ThrottledApi): readonly Sample[] {
    const oldestMs = this.#clock.monotonicMs() - 2 * SAMPLE_MS;
    return (this.#samples.get(api) ?? []).filter(({ sinceMs }) => sinceMs > oldestMs);
  }
}
