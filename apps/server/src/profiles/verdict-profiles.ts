/**
 * The line of code behind a verdict: when an operator is found to compute too much, its vertex is
 * profiled once for a second and a half, and the function that takes most is told to the monitor, with the
 * part of keyed state.
 *
 * Invariant: one profile per verdict and cause, and none while another of that job is taken.
 */
import { COMPUTING_CAUSES, type JobEvent } from '@weir/console-protocol';
import type { CodeFinding } from '@weir/monitor';
import type { JobService } from '../http/job-service.ts';
import type { HotFunction } from './hot-function.ts';
import type { JobProfiles } from './job-profiles.ts';

/** As long as the first two slices of a profile, which come before longer ones. */
const PROFILE_MS = 1400;

export class VerdictProfiles {
  readonly #service: JobService;
  readonly #profiles: JobProfiles;
  readonly #tell: (jobId: string, code: CodeFinding) => void;
  readonly #onFailure: (error: unknown) => void;
  readonly #busy = new Set<string>();

  constructor(
    service: JobService,
    profiles: JobProfiles,
    tell: (jobId: string, code: CodeFinding) => void,
    onFailure: (error: unknown) => void,
  ) {
    this.#service = service;
    this.#profiles = profiles;
    this.#tell = tell;
    this.#onFailure = onFailure;
  }

  /** Call with every event of the monitor. */
  event(jobId: string, { verdict }: JobEvent): void {
    const cause = verdict?.cause ?? null;
    if (verdict === undefined || cause === null || !COMPUTING_CAUSES.has(cause)) return;
    // Only a profile tells that it is state.
    if (cause === 'state') return;
    if (verdict.phase !== 'begin' && verdict.phase !== 'change') return;
    if (this.#busy.has(jobId)) return;
    this.#busy.add(jobId);
    this.#take(jobId, verdict.vertexId, verdict.since)
      .catch(this.#onFailure)
      .finally(() => this.#busy.delete(jobId));
  }

  async #take(jobId: string, vertexId: string, since: number): Promise<void> {
    const entry = this.#service.job(jobId);
    if (entry === null) return;
    const found = await this.#profiles.takeProfile(entry.control, vertexId, PROFILE_MS);
    if (found === null) return;
    const { hottest, stateShare } = found;
    this.#tell(jobId, { vertexId, since, hottest: named(hottest), stateShare });
  }
}

function named(hottest: HotFunction | null): CodeFinding['hottest'] {
  if (hottest === null) return null;
  const { function: functionName, file, line, share } = hottest;
  return { functionName, place: `${file}:${line}`, share };
}
