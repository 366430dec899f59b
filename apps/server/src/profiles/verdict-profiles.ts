/**
 * The line of code behind a verdict: when an operator is found to compute too much, its vertex is
 * profiled once for two seconds, and the function that takes most is told to the monitor.
 *
 * Invariant: one profile per verdict and cause, and none while another of that job is taken.
 */
import { COMPUTING_CAUSES, type JobEvent } from '@weir/console-protocol';
import type { CodeFinding } from '@weir/monitor';
import type { JobService } from '../http/job-service.ts';
import type { JobProfiles } from './job-profiles.ts';

const PROFILE_MS = 2000;

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
    if (verdict === undefined || verdict.cause === null || !COMPUTING_CAUSES.has(verdict.cause))
      return;
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
    const hot = await this.#profiles.takeProfile(entry.control, vertexId, PROFILE_MS);
    if (hot === null) return;
    const { function: name, file, line, share } = hot;
    this.#tell(jobId, { vertexId, since, functionName: name, place: `${file}:${line}`, share });
  }
}
