/**
 * How long latency markers took from their source to one operator's subtask.
 *
 * Called by the chain whenever a marker comes by, and by the slot's metrics once a second.
 * Invariant: of each source at most the latest `historySize` markers are kept.
 * Semantics and names: Flink's LatencyStats with granularity `operator`; markers pass windows and
 * asynchronous calls by, so that they measure queues and channels, not the work of operators.
 */
import type { StreamElement } from '../operators/output-buffer.ts';
import type { SeriesOwner, SlotMetrics } from './slot-metrics.ts';

export type LatencyMarker = Extract<StreamElement, { readonly kind: 'latencyMarker' }>;

/** Suffixes of the metrics, as Flink's REST API takes histograms apart. */
export const LATENCY_STATISTICS = ['min', 'max', 'mean', 'median', 'p95', 'p99'] as const;

export type LatencyStatistic = (typeof LATENCY_STATISTICS)[number];

export class LatencyStatistics {
  readonly #owner: SeriesOwner;
  readonly #metrics: SlotMetrics;
  readonly #historySize: number;
  readonly #bySource = new Map<string, LatencyHistory>();

  constructor(owner: SeriesOwner, metrics: SlotMetrics, historySize: number) {
    this.#owner = owner;
    this.#metrics = metrics;
    this.#historySize = historySize;
  }

  /** The first marker of a source makes its metrics. */
  report({ operatorId, markedAtMs }: LatencyMarker, nowMs: number): void {
    let history = this.#bySource.get(operatorId);
    if (history === undefined) {
      history = new LatencyHistory(this.#historySize);
      this.#bySource.set(operatorId, history);
      this.#register(operatorId, history);
    }
    history.add(Math.max(0, nowMs - markedAtMs));
  }

  #register(sourceId: string, history: LatencyHistory): void {
    const { operatorId, subtask } = this.#owner;
    const name =
      `latency.source_id.${sourceId}.operator_id.${operatorId}` +
      `.operator_subtask_index.${subtask}.latency`;
    for (const statistic of LATENCY_STATISTICS) {
      this.#metrics.registerGauge(this.#owner, `${name}_${statistic}`, () =>
        history.read(statistic),
      );
    }
  }
}

/** The latest values of a stream of numbers, in ms. */
export class LatencyHistory {
  readonly #values: Float64Array;
  #added = 0;
  #sorted: Float64Array | null = null;

  constructor(size: number) {
    this.#values = new Float64Array(size);
  }

  add(ms: number): void {
    this.#values[this.#added++ % this.#values.length] = ms;
    this.#sorted = null;
  }

  /** NaN before the first value. Percentiles as Flink's: interpolated at p·(n+1). */
  read(statistic: LatencyStatistic): number {
    const { length } = this.#values;
    this.#sorted ??= this.#values.slice(0, Math.min(this.#added, length)).sort();
    const sorted = this.#sorted;
    if (sorted.length === 0) return Number.NaN;
    switch (statistic) {
      case 'min':
        return sorted[0]!;
      case 'max':
        return sorted.at(-1)!;
      case 'mean':
        return sorted.reduce((sum, value) => sum + value, 0) / sorted.length;
      case 'median':
        return at(sorted, 0.5);
      case 'p95':
        return at(sorted, 0.95);
      case 'p99':
        return at(sorted, 0.99);
    }
  }
}

function at(sorted: Float64Array, share: number): number {
  const position = share * (sorted.length + 1);
  const below = Math.floor(position);
  if (below < 1) return sorted[0]!;
  if (below >= sorted.length) return sorted.at(-1)!;
  const lower = sorted[below - 1]!;
  return lower + (position - below) * (sorted[below]! - lower);
}
