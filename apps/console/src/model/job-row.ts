/** What the jobs list shows of a job, and in which order. */
import type { JobSummary } from '@weir/console-protocol';
import { isTerminal } from './job-state.ts';

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
