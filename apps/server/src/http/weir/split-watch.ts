/**
 * Has the sources of jobs report their splits while somebody asks for them, and keeps the latest
 * report of each subtask.
 *
 * Invariants: nothing is sent and nothing kept for a job that nobody asked about for a lease's
 * time; what an earlier attempt reported is gone with it.
 */
import type { JobMasterEvent, SplitsOfSubtask } from '@weir/runtime';
import type { JobEntry } from '../job-service.ts';

/** For how long sources go on reporting after they were asked last. */
const LEASE_MS = 10_000;
/** How long the first question waits for its answers. */
const FIRST_ANSWER_MS = 1000;

interface Watched {
  readonly reports: Map<string, SplitsOfSubtask>;
  attempt: number;
  renewedAtMs: number;
  stop: () => void;
  expiry: NodeJS.Timeout;
  /** Called with each report. */
  readonly waiting: Set<() => void>;
}

export class SplitWatch {
  readonly #watched = new Map<string, Watched>();
  readonly #nowMs: () => number;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** The latest reports; those of a first question as far as they come within a second. */
  async read(job: JobEntry): Promise<readonly SplitsOfSubtask[]> {
    const watched = this.#watched.get(job.jobId) ?? this.#begin(job);
    this.#renew(job, watched);
    const expected = sourceSubtasks(job);
    if (watched.reports.size < expected) await this.#firstReports(watched, expected);
    return [...watched.reports.values()];
  }

  forget(jobId: string): void {
    const watched = this.#watched.get(jobId);
    if (watched === undefined) return;
    this.#watched.delete(jobId);
    clearTimeout(watched.expiry);
    watched.stop();
  }

  #begin(job: JobEntry): Watched {
    const watched: Watched = {
      reports: new Map(),
      attempt: job.control.view().attempt,
      renewedAtMs: Number.NEGATIVE_INFINITY,
      stop: job.control.observe((event) => this.#onEvent(watched, event)),
      expiry: setTimeout(() => {}, 0),
      waiting: new Set(),
    };
    this.#watched.set(job.jobId, watched);
    return watched;
  }

  #onEvent(watched: Watched, event: JobMasterEvent): void {
    if (event.type !== 'splits') return;
    watched.reports.set(`${event.vertexId} ${event.subtask}`, event);
    for (const heard of watched.waiting) heard();
  }

  #renew(job: JobEntry, watched: Watched): void {
    const { attempt } = job.control.view();
    if (attempt !== watched.attempt) {
      watched.attempt = attempt;
      watched.reports.clear();
      watched.renewedAtMs = Number.NEGATIVE_INFINITY;
    }
    clearTimeout(watched.expiry);
    watched.expiry = setTimeout(() => this.forget(job.jobId), LEASE_MS).unref();
    const nowMs = this.#nowMs();
    if (nowMs - watched.renewedAtMs < LEASE_MS / 4) return;
    watched.renewedAtMs = nowMs;
    job.control.watchSplits(LEASE_MS);
  }

  /** Sources that know nothing of splits never answer, and are waited for once only. */
  async #firstReports(watched: Watched, expected: number): Promise<void> {
    if (watched.reports.size > 0) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(done, FIRST_ANSWER_MS);
      function heard(): void {
        if (watched.reports.size >= expected) done();
      }
      function done(): void {
        clearTimeout(timer);
        watched.waiting.delete(heard);
        resolve();
      }
      watched.waiting.add(heard);
    });
  }
}

/** Subtasks that read from outside. */
export function sourceSubtasks({ control }: JobEntry): number {
  return control
    .view()
    .graph.vertices.filter(({ operators }) => operators[0]?.role === 'source')
    .reduce((sum, { parallelism }) => sum + parallelism, 0);
}
