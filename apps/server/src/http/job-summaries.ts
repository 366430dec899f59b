/** The rows of the jobs list: a job's view beside its latest tick and half an hour of its rate. */
import type { Bottleneck, JobSummary, JobsSnapshot, NamedBottleneck } from '@weir/console-protocol';
import { CHECKPOINT_INTERVAL, Configuration } from '@weir/core';
import type { CheckpointView, JobView } from '@weir/runtime';
import { endToEndMs, isSavepoint, bytesOf } from './flink/checkpoint-figures.ts';
import { failedOperator, firstCause, ownName } from './flink/exception-text.ts';
import { withoutSecrets } from './flink/redaction.ts';
import { jobTimes } from './flink/state-counts.ts';
import type { TickHead } from '../monitor/monitor-port.ts';
import type { JobService } from './job-service.ts';
import { RateLine } from './rate-line.ts';

const USUAL_OVER = 20;
const RECENTLY_MS = 600_000;
/** Of a failure's line. */
const TEXT_MAX = 240;
/** Of which the times are kept, a job; its view keeps far fewer. */
const FAILURES_MAX = 1000;

export class JobSummaries {
  readonly #service: JobService;
  readonly #ticks = new Map<string, TickHead>();
  readonly #lines = new Map<string, RateLine>();
  /** When jobs failed, oldest first. */
  readonly #failures = new Map<string, number[]>();

  constructor(service: JobService) {
    this.#service = service;
  }

  addTick(jobId: string, tick: TickHead): void {
    this.#ticks.set(jobId, tick);
    const line = this.#lines.get(jobId) ?? new RateLine();
    this.#lines.set(jobId, line);
    line.add(tick.t, tick.recordsIn);
  }

  /** @param t when an attempt of the job failed, epoch ms. */
  addFailure(jobId: string, t: number): void {
    const times = this.#failures.get(jobId) ?? [];
    this.#failures.set(jobId, times);
    times.push(t);
    if (times.length > FAILURES_MAX) times.shift();
  }

  remove(jobId: string): void {
    this.#failures.delete(jobId);
    this.#ticks.delete(jobId);
    this.#lines.delete(jobId);
  }

  snapshot(nowMs: number): JobsSnapshot {
    const jobs = this.#service.jobs().map((entry) => this.#summary(entry.control.view(), nowMs));
    return { t: nowMs, jobs };
  }

  #summary(view: JobView, nowMs: number): JobSummary {
    const times = jobTimes(view, nowMs);
    const ended = times.end >= 0;
    const tick = ended ? null : (this.#ticks.get(view.jobId) ?? null);
    const { running, total } = countSubtasks(view);
    const last = view.checkpoints.history.find(isCompleted);
    const failure = failureOf(view, this.#failures.get(view.jobId) ?? []);
    const ending = endingOf(view);
    const checkpointing = checkpointingOf(view);
    const line = this.#lines.get(view.jobId);
    return {
      jobId: view.jobId,
      name: view.graph.name,
      state: view.status,
      startedAt: times.start,
      endedAt: ended ? times.end : null,
      parallelism: Math.max(1, ...view.graph.vertices.map((vertex) => vertex.parallelism)),
      vertices: view.graph.vertices.length,
      tasksRunning: running,
      tasksTotal: total,
      restarts: view.restarts,
      recordsIn: tick?.recordsIn ?? null,
      recordsOut: tick?.recordsOut ?? null,
      watermarkLag: tick?.watermarkLag ?? null,
      pendingRecords: tick?.pendingRecords ?? null,
      pendingMs: tick?.pendingMs ?? null,
      lastCheckpoint:
        last === undefined
          ? null
          : {
              id: last.id,
              completedAt: last.completedAtMs ?? last.latestAckAtMs,
              durationMs: endToEndMs(last),
              bytes: bytesOf(last).state,
            },
      ...(checkpointing === null ? {} : { checkpointing }),
      ...(failure === null ? {} : { failure }),
      ...(ending === null ? {} : { ending }),
      sparkline: line?.means() ?? [],
      ...(line === undefined ? {} : { sparklineStepMs: line.stepMs }),
      ...(tick?.bottleneck === undefined ? {} : { bottleneck: named(view, tick.bottleneck) }),
      ...(tick?.forming === undefined ? {} : { forming: named(view, tick.forming) }),
    };
  }
}

function isCompleted({ status, type }: CheckpointView): boolean {
  return status === 'COMPLETED' && !isSavepoint(type);
}

function checkpointingOf(view: JobView): JobSummary['checkpointing'] | null {
  const intervalMs = new Configuration(view.graph.configuration).get(CHECKPOINT_INTERVAL);
  if (intervalMs === 0) return null;
  const { history, restored } = view.checkpoints;
  const completed = history.filter(isCompleted);
  const durations = completed.slice(0, USUAL_OVER).map(endToEndMs);
  const running = view.timestamps.RUNNING ?? view.graph.submittedAtMs;
  const since = Math.max(completed[0]?.completedAtMs ?? 0, restored?.atMs ?? 0, running);
  const failed = history.filter(
    ({ status, triggeredAtMs, type }) =>
      status === 'FAILED' && type === 'checkpoint' && triggeredAtMs >= since,
  ).length;
  return { intervalMs, usualMs: median(durations), since, failed };
}

function median(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted.length < 3 ? null : sorted[Math.floor(sorted.length / 2)]!;
}

/** @param times of all its failures that this process saw. */
function failureOf(
  { exceptions, graph }: JobView,
  times: readonly number[],
): JobSummary['failure'] | null {
  const latest = exceptions[0];
  if (latest === undefined) return null;
  const { atMs, error, vertexId } = latest;
  const recent = (t: number) => t >= atMs - RECENTLY_MS;
  const known = exceptions.filter((one) => recent(one.atMs)).length;
  const recently = Math.max(known, times.filter(recent).length);
  const vertex = graph.vertices.find(({ id }) => id === vertexId);
  const operator = failedOperator(error) ?? (vertex === undefined ? null : nameOf(vertex));
  const [line = ''] = firstCause(error).message.split('\n', 1);
  return { t: atMs, text: withoutSecrets(line).slice(0, TEXT_MAX), operator, recently };
}

/** A job that has read all its input ends with a checkpoint of its own type. */
function endingOf({ status, checkpoints }: JobView): JobSummary['ending'] | null {
  if (status !== 'FINISHED') return null;
  switch (checkpoints.history.find((one) => one.status === 'COMPLETED')?.type) {
    case 'stop':
      return 'stopped';
    case 'drain':
      return 'drained';
    case 'final':
      return 'read';
    default:
      return null;
  }
}

function nameOf({ operators, name }: JobView['graph']['vertices'][number]): string {
  return operators[0] === undefined ? name : ownName(operators[0].name);
}

/** Once a second for each job, of which some have a hundred thousand: no lists in between. */
function countSubtasks(view: JobView): { running: number; total: number } {
  let running = 0;
  let total = 0;
  for (const { subtasks } of view.vertices) {
    total += subtasks.length;
    for (const { state } of subtasks) if (state === 'RUNNING') running++;
  }
  return { running, total };
}

/** The name is the first operator's: what users call a chain. */
function named(view: JobView, bottleneck: Bottleneck | null): NamedBottleneck | null {
  if (bottleneck === null) return null;
  const vertex = view.graph.vertices.find(({ id }) => id === bottleneck.vertexId);
  if (vertex === undefined) return { ...bottleneck, name: bottleneck.vertexId };
  const operator = vertex.operators.find(({ id }) => id === bottleneck.operatorId);
  const name = nameOf(operator === undefined ? vertex : { ...vertex, operators: [operator] });
  return { ...bottleneck, name };
}
