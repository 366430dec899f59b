/**
 * All jobs' metrics under Flink's names. The server feeds it with the layouts and frames that
 * TaskManagers send; REST handlers and the Prometheus exporter read it.
 *
 * Invariant: values always belong to the layout under whose names they are shown.
 */
import { FrameWindow } from './frame-window.ts';
import type { NamedMetrics } from './named-metrics.ts';
import { isLatency } from './latency-metrics.ts';
import type { ProcessFigures, Series, SeriesFrame, SeriesLayout } from './series.ts';
import { type MetricValue, SubtaskMetrics } from './subtask-metrics.ts';

export class MetricRegistry {
  readonly #jobs = new Map<string, JobMetrics>();

  setLayout(jobId: string, layout: SeriesLayout): void {
    let job = this.#jobs.get(jobId);
    if (job === undefined) {
      job = new JobMetrics();
      this.#jobs.set(jobId, job);
    }
    job.setLayout(layout);
  }

  /** False when the frame fits no known layout; it is then left out. */
  addFrame(jobId: string, frame: SeriesFrame): boolean {
    return this.#jobs.get(jobId)?.addFrame(frame) ?? false;
  }

  /** Null for a job that has not sent a layout yet. */
  job(jobId: string): JobMetrics | null {
    return this.#jobs.get(jobId) ?? null;
  }

  remove(jobId: string): void {
    this.#jobs.delete(jobId);
  }
}

export class JobMetrics {
  readonly #window = new FrameWindow();
  #vertices = new Map<string, SubtaskMetrics[]>();
  #latencies = new Map<string, number>();

  setLayout(layout: SeriesLayout): void {
    this.#window.setLayout(layout);
    const groups = new Map<string, Map<number, { index: number; series: Series }[]>>();
    this.#latencies = new Map();
    for (const [index, series] of layout.series.entries()) {
      if (isLatency(series.name)) {
        this.#latencies.set(series.name, index);
        continue;
      }
      const vertex = groups.get(series.vertexId) ?? new Map();
      groups.set(series.vertexId, vertex);
      const subtask = vertex.get(series.subtask) ?? [];
      vertex.set(series.subtask, subtask);
      subtask.push({ index, series });
    }
    this.#vertices = new Map();
    for (const [vertexId, subtasks] of groups) {
      const built: SubtaskMetrics[] = [];
      for (const [subtask, series] of subtasks) {
        built[subtask] = new SubtaskMetrics(vertexId, subtask, series, this.#window);
      }
      this.#vertices.set(vertexId, built);
    }
  }

  addFrame(frame: SeriesFrame): boolean {
    return this.#window.add(frame);
  }

  get vertexIds(): IterableIterator<string> {
    return this.#vertices.keys();
  }

  /** Epoch ms of the latest frame. */
  get atMs(): number | null {
    return this.#window.latest?.atMs ?? null;
  }

  get process(): ProcessFigures | null {
    return this.#window.process;
  }

  processRate(figure: (process: ProcessFigures) => number): number {
    return this.#window.processRate(figure);
  }

  /** Of latency markers, in ms; empty unless they are switched on. */
  get latencies(): NamedMetrics {
    const latencies = new Map<string, number>();
    for (const [name, index] of this.#latencies) latencies.set(name, this.#window.value(index));
    return latencies;
  }

  /** Present subtasks in order; empty for an unknown vertex. */
  subtasks(vertexId: string): SubtaskMetrics[] {
    return (this.#vertices.get(vertexId) ?? []).filter((subtask) => subtask !== undefined);
  }

  subtask(vertexId: string, subtask: number): SubtaskMetrics | null {
    return this.#vertices.get(vertexId)?.[subtask] ?? null;
  }

  /** `<subtask>.<metric>` and `<subtask>.<operator>.<metric>` of a vertex. */
  vertexMetricIds(vertexId: string): string[] {
    return this.subtasks(vertexId).flatMap((subtask) =>
      [...subtask.metrics.keys()].map((id) => `${subtask.subtask}.${id}`),
    );
  }

  /** Null when the vertex has no such metric. */
  vertexValue(vertexId: string, id: string): MetricValue | null {
    const dot = id.indexOf('.');
    const subtask = Number(id.slice(0, dot));
    if (dot < 0 || !Number.isInteger(subtask)) return null;
    return this.subtask(vertexId, subtask)?.value(id.slice(dot + 1)) ?? null;
  }
}
