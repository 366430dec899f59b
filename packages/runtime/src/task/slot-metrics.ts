/**
 * The slot's counters in shared memory: which position means what, who writes it, and the layout
 * that is published. Positions are given out from 0 and never taken back.
 *
 * Counters of user functions write straight into the shared memory. When the memory is full, later
 * metrics still count but are not published, and a warning says so once.
 */
import type { Counter, Gauge, MetricGroup } from '@weir/core';
import type { MetricSeries, MetricsLayout } from '../taskmanager/protocol.ts';

export type SeriesOwner = Pick<
  MetricSeries,
  'vertexId' | 'subtask' | 'operatorId' | 'operatorName'
>;

export class SlotMetrics {
  readonly values: Float64Array;
  readonly #series: MetricSeries[] = [];
  readonly #gauges: Array<{ readonly position: number; readonly read: Gauge }> = [];
  readonly #overflow: (name: string) => void;
  #version = 0;
  #overflowed = false;
  #changed = true;

  constructor(memory: SharedArrayBuffer, overflow: (name: string) => void) {
    this.values = new Float64Array(memory);
    this.#overflow = overflow;
  }

  /** A position for the series; -1 when the memory is full. */
  register(owner: SeriesOwner, name: string, kind: MetricSeries['kind']): number {
    const position = this.#series.length;
    if (position >= this.values.length) {
      if (!this.#overflowed) this.#overflow(name);
      this.#overflowed = true;
      return -1;
    }
    const { vertexId, subtask, operatorId, operatorName } = owner;
    this.#series.push({ vertexId, subtask, operatorId, operatorName, name, kind });
    this.#changed = true;
    return position;
  }

  registerGauge(owner: SeriesOwner, name: string, read: Gauge): void {
    const position = this.register(owner, name, 'gauge');
    if (position >= 0) this.#gauges.push({ position, read });
  }

  set(position: number, value: number): void {
    if (position >= 0) this.values[position] = value;
  }

  /** Reads users' gauges; call about once a second. One that throws is left at its last value. */
  readGauges(failed: (error: unknown) => void): void {
    for (const { position, read } of this.#gauges) {
      try {
        this.values[position] = read();
      } catch (error) {
        failed(error);
      }
    }
  }

  /** The layout if it changed since it was last asked for. */
  takeLayout(): MetricsLayout | null {
    if (!this.#changed) return null;
    this.#changed = false;
    this.#version++;
    return { version: this.#version, series: [...this.#series] };
  }
}

/** What user functions register in; groups are joined by `.`. */
export class SlotMetricGroup implements MetricGroup {
  readonly #metrics: SlotMetrics;
  readonly #owner: SeriesOwner;
  readonly #prefix: string;

  constructor(metrics: SlotMetrics, owner: SeriesOwner, prefix = '') {
    this.#metrics = metrics;
    this.#owner = owner;
    this.#prefix = prefix;
  }

  counter(name: string): Counter {
    const position = this.#metrics.register(this.#owner, this.#prefix + name, 'counter');
    return new SharedCounter(this.#metrics.values, position);
  }

  gauge(name: string, read: Gauge): void {
    this.#metrics.registerGauge(this.#owner, this.#prefix + name, read);
  }

  addGroup(name: string): MetricGroup {
    return new SlotMetricGroup(this.#metrics, this.#owner, `${this.#prefix}${name}.`);
  }
}

class SharedCounter implements Counter {
  readonly #values: Float64Array;
  readonly #position: number;

  constructor(values: Float64Array, position: number) {
    this.#values = position < 0 ? new Float64Array(1) : values;
    this.#position = Math.max(0, position);
  }

  inc(by = 1): void {
    this.#values[this.#position]! += by;
  }

  getCount(): number {
    return this.#values[this.#position]!;
  }
}
