/** The submissions of one job name, in their order: its versions. */
import type { JobEntry } from './job-service.ts';

/** Oldest first; the job itself included. */
export function deploymentsOf(job: JobEntry, all: readonly JobEntry[]): JobEntry[] {
  const name = nameOf(job);
  const same = all.filter((one) => nameOf(one) === name);
  return same.sort((a, b) => submittedAt(a) - submittedAt(b));
}

/** Counts from 1. Jobs of servers that did not count yet are numbered by their order. */
export function versionOf(job: JobEntry, all: readonly JobEntry[]): number {
  const counted = job.submission?.version;
  if (counted !== undefined) return counted;
  return deploymentsOf(job, all).findIndex(({ jobId }) => jobId === job.jobId) + 1;
}

/** The job that was started from this one last; null = none, or it is no longer known. */
export function successorOf({ jobId }: JobEntry, all: readonly JobEntry[]): string | null {
  const started = all.filter(({ submission }) => submission?.rerunOf === jobId);
  return started.sort((a, b) => submittedAt(a) - submittedAt(b)).at(-1)?.jobId ?? null;
}

export function submittedAt({ submission, control }: JobEntry): number {
  return submission?.submittedAtMs ?? control.view().graph.submittedAtMs;
}

function nameOf({ control }: JobEntry): string {
  return control.view().graph.name;
}
