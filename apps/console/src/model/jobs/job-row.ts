/** What the jobs list shows: which rows, in which order, under which heads. */
import type { JobSummary } from '@weir/console-protocol';
import { jobHealth } from './job-health.ts';
import { isTerminal } from './job-state.ts';
import type { SparkPoint } from '../figures/sparkline-path.ts';

const ATTENTION: Readonly<Record<string, number>> = {
  FAILED: 0,
  FAILING: 0,
  SUSPENDED: 0,
  RESTARTING: 1,
};

/** Worst first: failed and restarting, then running, then what is over; newest within each. */
export function worstFirst(jobs: readonly JobSummary[]): JobSummary[] {
  const rank = (job: JobSummary) => ATTENTION[job.state] ?? (isTerminal(job.state) ? 3 : 2);
  return [...jobs].sort((a, b) => rank(a) - rank(b) || b.startedAt - a.startedAt);
}

export const JOB_SORTS = [
  'health',
  'name',
  'state',
  'uptime',
  'restarts',
  'in',
  'out',
  'lag',
  'pending',
  'checkpoint',
  'took',
  'size',
  'parallelism',
] as const;
export type JobSort = (typeof JOB_SORTS)[number];

export const JOB_GROUPS = ['none', 'state', 'health', 'name'] as const;
export type JobGroup = (typeof JOB_GROUPS)[number];

export interface JobsView {
  readonly q: string;
  /** '' = all. */
  readonly state: string;
  readonly sort: JobSort;
  /** The other way round than the column begins with. */
  readonly reversed: boolean;
  readonly group: JobGroup;
}

export type JobsLine =
  | { readonly kind: 'job'; readonly job: JobSummary }
  | { readonly kind: 'head'; readonly text: string; readonly jobs: number };

/** The lines of the list at a time: filtered, sorted, each group below its head. */
export function jobsLines(jobs: readonly JobSummary[], view: JobsView, now: number): JobsLine[] {
  const sorted = sortJobs(filterJobs(jobs, view.q, view.state), view.sort, view.reversed, now);
  const line = (job: JobSummary): JobsLine => ({ kind: 'job', job });
  if (view.group === 'none') return sorted.map(line);
  const groups = new Map<string, JobSummary[]>();
  for (const job of sorted) {
    const head = groupOf(job, view.group, now);
    groups.set(head, [...(groups.get(head) ?? []), job]);
  }
  return [...groups].flatMap(([text, members]): JobsLine[] => [
    { kind: 'head', text, jobs: members.length },
    ...members.map(line),
  ]);
}

/** By which a line is the same a second later. */
export function lineKey(line: JobsLine): string {
  return line.kind === 'head' ? `head ${line.text}` : line.job.jobId;
}

/** The lines in an order that they had before; new ones come last. */
export function inOrder(lines: readonly JobsLine[], keys: readonly string[]): JobsLine[] {
  const places = new Map(keys.map((key, at) => [key, at]));
  const place = (line: JobsLine) => places.get(lineKey(line)) ?? keys.length;
  return [...lines].sort((a, b) => place(a) - place(b));
}

/** Jobs whose name or id contains the text and whose state is the given one; '' = all. */
export function filterJobs(jobs: readonly JobSummary[], text: string, state: string): JobSummary[] {
  const wanted = text.trim().toLowerCase();
  return jobs.filter(
    (job) =>
      (state === '' || job.state === state) &&
      (wanted === '' || job.name.toLowerCase().includes(wanted) || job.jobId.includes(wanted)),
  );
}

/** How long the job runs or ran, ms. */
export function uptimeMs(job: JobSummary, now: number): number {
  return Math.max(0, (job.endedAt ?? now) - job.startedAt);
}

/** States and how many jobs are in each, in the order of the list. */
export function stateCounts(jobs: readonly JobSummary[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const { state } of worstFirst(jobs)) counts.set(state, (counts.get(state) ?? 0) + 1);
  return [...counts];
}

/** By the column, unknown values last, jobs that are over below the others; ties by urgency. */
function sortJobs(
  jobs: readonly JobSummary[],
  sort: JobSort,
  reversed: boolean,
  now: number,
): JobSummary[] {
  const base = byUrgency(jobs, now);
  if (sort === 'health') return reversed ? base.toReversed() : base;
  const direction = (sort === 'name' || sort === 'state' ? 1 : -1) * (reversed ? -1 : 1);
  const value = VALUES[sort];
  return base.sort((a, b) => {
    const [left, right] = [value(a, now), value(b, now)];
    if (left === null || right === null) return (left === null ? 1 : 0) - (right === null ? 1 : 0);
    const order =
      typeof left === 'string' || typeof right === 'string'
        ? `${left}`.localeCompare(`${right}`, 'en', { numeric: true })
        : left - right;
    return order * direction;
  });
}

type Value = string | number | null;

const VALUES: Readonly<
  Record<Exclude<JobSort, 'health'>, (job: JobSummary, now: number) => Value>
> = {
  name: ({ name }) => name,
  state: ({ state }) => state,
  uptime: (job, now) => uptimeMs(job, now),
  restarts: ({ restarts }) => restarts,
  in: (job) => (isTerminal(job.state) ? null : job.recordsIn),
  out: (job) => (isTerminal(job.state) ? null : job.recordsOut),
  lag: (job) => (isTerminal(job.state) ? null : job.watermarkLag),
  pending: (job) => (isTerminal(job.state) ? null : job.pendingRecords),
  checkpoint: ({ lastCheckpoint }, now) =>
    lastCheckpoint === null ? null : now - lastCheckpoint.completedAt,
  took: ({ lastCheckpoint }) => lastCheckpoint?.durationMs ?? null,
  size: ({ lastCheckpoint }) => lastCheckpoint?.bytes ?? null,
  parallelism: ({ parallelism }) => parallelism,
};

function byUrgency(jobs: readonly JobSummary[], now: number): JobSummary[] {
  const urgency = new Map(jobs.map((job) => [job, jobHealth(job, now).urgency]));
  return worstFirst(jobs).sort(
    (a, b) =>
      (isTerminal(a.state) && a.state !== 'FAILED' ? 1 : 0) -
        (isTerminal(b.state) && b.state !== 'FAILED' ? 1 : 0) ||
      (urgency.get(b) ?? 0) - (urgency.get(a) ?? 0),
  );
}

function groupOf(job: JobSummary, group: JobGroup, now: number): string {
  if (group === 'state') return job.state;
  return group === 'name' ? job.name : jobHealth(job, now).head;
}

export interface Needy {
  readonly job: JobSummary;
  readonly head: string;
}

/** Jobs that need somebody, the most urgent first. */
export function needyJobs(jobs: readonly JobSummary[], now: number): Needy[] {
  return jobs
    .map((job) => ({ job, ...jobHealth(job, now) }))
    .filter(({ tone, urgency }) => tone === 'fail' && urgency > 0)
    .sort((a, b) => b.urgency - a.urgency || b.job.startedAt - a.job.startedAt)
    .map(({ job, head }) => ({ job, head }));
}

const SECOND_MS = 1000;
const TOTAL_POINTS_MAX = 60;

/** The rates of a job as points; `now` is the end of the line, epoch ms. */
export function ratePoints(
  { sparkline, sparklineStepMs: step = SECOND_MS }: JobSummary,
  now: number,
): SparkPoint[] {
  return sparkline.map((value, at) => ({
    t: now - (sparkline.length - 1 - at) * step,
    value: value ?? Number.NaN,
  }));
}

/** The sum of the rates of running jobs, as far back as the longest line of them. */
export function totalRates(jobs: readonly JobSummary[]): number[] {
  const lines = jobs
    .filter(({ state }) => state === 'RUNNING')
    .map(({ sparkline, sparklineStepMs: step = SECOND_MS }) => ({ sparkline, step }));
  const span = Math.max(0, ...lines.map(({ sparkline, step }) => sparkline.length * step));
  const step = Math.max(SECOND_MS, span / TOTAL_POINTS_MAX);
  return Array.from({ length: Math.ceil(span / step) }, (_, at) => {
    const ago = span - (at + 1) * step;
    return lines.reduce((sum, line) => {
      const back = Math.floor(Math.max(0, ago) / line.step);
      return sum + (line.sparkline[line.sparkline.length - 1 - back] ?? 0);
    }, 0);
  });
}
