/**
 * Gathers the slots' metric blocks into one frame a second. Each slot announces the meaning of its
 * own block; the frame is the blocks one after another in the order of the slots.
 *
 * Invariant: a frame is sent only after the layout of its version.
 */
import { getHeapStatistics } from 'node:v8';
import {
  EDGE_METRICS,
  type ExchangePlan,
  type MetricSeries,
  OPERATOR_METRICS,
  type ProcessSample,
  segmentsInUse,
  type SlotMetricsMemory,
  TASK_METRICS,
  type TaskDeployment,
  type TaskManagerToServer,
  type ThreadSample,
} from '@weir/runtime';
import type { JobGraph } from '@weir/graph';
import { systemAtomics } from '../ports/system-ports.ts';
import { MachineCores } from './machine-cores.ts';
import { observeGc, threadCpuMs, threadRunDelayMs } from './slot-vitals.ts';

/** Room for what user functions register. */
const USER_METRICS_PER_TASK = 256;

export class MetricsSampler {
  readonly #exchange: ExchangePlan;
  readonly #memory: readonly SlotMetricsMemory[];
  readonly #series: (readonly MetricSeries[])[];
  readonly #send: (message: TaskManagerToServer) => void;
  readonly #threads: () => readonly ThreadSample[];
  #version = 0;
  #changed = false;
  #gcMs = 0;
  #expectedMs = 0;
  readonly #cores = new MachineCores();

  constructor(
    exchange: ExchangePlan,
    memory: readonly SlotMetricsMemory[],
    threads: () => readonly ThreadSample[],
    send: (message: TaskManagerToServer) => void,
  ) {
    this.#exchange = exchange;
    this.#memory = memory;
    this.#series = memory.map(() => []);
    this.#threads = threads;
    this.#send = send;
    observeGc((durationMs) => {
      this.#gcMs += durationMs;
    });
  }

  /** A slot's block has grown; `series` is all of it. */
  slotLayout(slot: number, series: readonly MetricSeries[]): void {
    this.#series[slot] = series;
    this.#changed = true;
  }

  /** The operator of the slot to which most time went so far, pauses of the collector included. */
  busiest(slot: number): MetricSeries | null {
    const values = new Float64Array(this.#memory[slot]!.values);
    let busiest: MetricSeries | null = null;
    let mostMs = 0;
    this.#series[slot]!.forEach((series, at) => {
      if (series.operatorId === null || series.name !== 'runningTimeMs') return;
      if (values[at]! <= mostMs) return;
      mostMs = values[at]!;
      busiest = series;
    });
    return busiest;
  }

  sample(): void {
    if (this.#changed) {
      this.#changed = false;
      this.#version++;
      const series = this.#series.flatMap((own, slot) => own.map((one) => ({ ...one, slot })));
      const layout = { version: this.#version, series };
      this.#send({ type: 'metricsLayout', layout });
    }
    const values = new Float64Array(this.#series.reduce((sum, series) => sum + series.length, 0));
    let at = 0;
    this.#series.forEach((series, slot) => {
      values.set(new Float64Array(this.#memory[slot]!.values, 0, series.length), at);
      at += series.length;
    });
    const frame = {
      layoutVersion: this.#version,
      atMs: Date.now(),
      values,
      process: this.#process(),
    };
    this.#send({ type: 'metrics', frame });
  }

  #process(): ProcessSample {
    const cpu = process.cpuUsage();
    const { segmentBytes, segmentCount } = this.#exchange;
    return {
      rssBytes: process.memoryUsage.rss(),
      cpuMs: (cpu.user + cpu.system) / 1000,
      segmentBytes: segmentBytes * segmentCount,
      segmentBytesUsed: segmentBytes * segmentsInUse(this.#exchange, systemAtomics),
      machineBusyCores: this.#cores.busySinceLast(),
      machineCores: this.#cores.count,
      threads: [this.#mainThread(), ...this.#threads()],
    };
  }

  #mainThread(): ThreadSample {
    const heap = getHeapStatistics();
    const nowMs = performance.now();
    const delayMs = this.#expectedMs === 0 ? 0 : Math.max(0, nowMs - this.#expectedMs);
    this.#expectedMs = nowMs + SAMPLE_PERIOD_MS;
    return {
      slot: -1,
      heapUsedBytes: heap.used_heap_size,
      heapLimitBytes: heap.heap_size_limit,
      gcMs: this.#gcMs,
      cpuMs: threadCpuMs(),
      eventLoopDelayMs: delayMs,
      runDelayMs: threadRunDelayMs(),
      silentMs: 0,
      inside: null,
    };
  }
}

export const SAMPLE_PERIOD_MS = 1000;

/** Enough for everything that the slot's tasks can register. */
export function allocateMetrics(
  graph: JobGraph,
  tasks: readonly TaskDeployment[],
  slot: number,
): SlotMetricsMemory {
  let cells = USER_METRICS_PER_TASK;
  for (const task of tasks) {
    if (task.slot !== slot) continue;
    const vertex = graph.vertices.find((candidate) => candidate.id === task.vertexId);
    const edges = graph.edges.filter((edge) => edge.source === task.vertexId).length;
    cells += TASK_METRICS.length + USER_METRICS_PER_TASK + edges * EDGE_METRICS.length;
    cells += (vertex?.operators.length ?? 0) * OPERATOR_METRICS.length;
  }
  return { values: new SharedArrayBuffer(cells * Float64Array.BYTES_PER_ELEMENT) };
}
