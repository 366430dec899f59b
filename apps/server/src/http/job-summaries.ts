/** The rows of the jobs list: a job's view beside its latest tick and a minute of its rate. */
import type { Bottleneck, JobSummary, JobsSnapshot, NamedBottleneck } from '@weir/console-protocol';
import type { JobView } from '@weir/runtime';
import { endToEndMs, isSavepoint, bytesOf } from './flink/checkpoint-figures.ts';
import { jobTimes } from './flink/state-counts.ts';
import type { TickHead } from '../monitor/monitor-port.ts';
import type { JobService } from './job-service.ts';

const SPARKLINE_TICKS = 60;

export class JobSummaries {
  readonly #service: JobService;
  readonly #ticks = new Map<string, TickHead>();
  readonly #sparklines = new Map<string, (number | null)[]>();

  constructor(service: JobService) {
    this.#service = service;
  }

  addTick(jobId: string, tick: TickHead): void {
    this.#ticks.set(jobId, tick);
    const line = this.#sparklines.get(jobId) ?? [];
    this.#sparklines.set(jobId, line);
    line.push(tick.recordsIn);
    if (line.length > SPARKLINE_TICKS) line.shift();
  }

  remove(jobId: string): void {
    this.#ticks.delete(jobId);
    this.#sparklines.delete(jobId);
  }

  snapshot(nowMs: number): JobsSnapshot {
    const jobs = this.#service.jobs().map((entry) => this.#summary(entry.control.view(), nowMs));
    return { t: nowMs, jobs };
  }

  #summary(view: JobView, nowMs: number): JobSummary {
    const times = jobTimes(view, nowMs);
    const ended = times.end >= 0;
    const tick = ended ? null : (this.#ticks.get(view.jobId) ?? null);
    const subtasks = view.vertices.flatMap((vertex) => vertex.subtasks);
    const last = view.checkpoints.history.find(
      (one) => one.status === 'COMPLETED' && !isSavepoint(one.type),
    );
    return {
      jobId: view.jobId,
      name: view.graph.name,
      state: view.status,
      startedAt: times.start,
      endedAt: ended ? times.end : null,
      parallelism: Math.max(1, ...view.graph.vertices.map((vertex) => vertex.parallelism)),
      vertices: view.graph.vertices.length,
      tasksRunning: subtasks.filter((one) => one.state === 'RUNNING').length,
      tasksTotal: subtasks.length,
      restarts: view.restarts,
      recordsIn: tick?.recordsIn ?? null,
      recordsOut: tick?.recordsOut ?? null,
      watermarkLag: tick?.watermarkLag ?? null,
      pendingRecords: tick?.pendingRecords ?? null,
      lastCheckpoint:
        last === undefined
          ? null
          : {
              id: last.id,
              completedAt: last.completedAtMs ?? last.latestAckAtMs,
              durationMs: endToEndMs(last),
              bytes: bytesOf(last).state,
            },
      sparkline: [...(this.#sparklines.get(view.jobId) ?? [])],
      ...(tick?.bottleneck === undefined ? {} : { bottleneck: named(view, tick.bottleneck) }),
      ...(tick?.forming === undefined ? {} : { forming: named(view, tick.forming) }),
    };
  }
}

/** The name is the first operator's: what users call a chain. */
function named(view: JobView, bottleneck: Bottleneck | null): NamedBottleneck | null {
  if (bottleneck === null) return null;
  const vertex = view.graph.vertices.find(({ id }) => id === bottleneck.vertexId);
  const name = vertex?.operators[0]?.name.replace(/^(Source|Sink): /, '');
  return { ...bottleneck, name: name ?? vertex?.name ?? bottleneck.vertexId };
}
