/**
 * RUNNING: one attempt, from the launch of its process through restore and deployment until all
 * tasks have FINISHED or something fails. Next: FINISHED, RESTARTING, FAILING, SUSPENDED,
 * CANCELLING.
 */
import { toWire, WeirError, type WireError } from '@weir/core';
import type { Attempt } from '../attempt.ts';
import { failOver } from '../failover.ts';
import type { JobContext, JobFailure, JobState } from '../job-context.ts';
import type { TaskManagerExit } from '../ports.ts';
import { planRestore } from '../restore-plan.ts';

/** A process whose tasks have all finished ends by itself; one that does not is helped. */
const LINGER_MS = 10_000;

class Running implements JobState {
  readonly status = 'RUNNING';
  readonly #job: JobContext;
  #allRan = false;
  #finishing = false;

  constructor(job: JobContext) {
    this.#job = job;
  }

  enter(): void {
    const job = this.#job;
    job.saveSoon();
    // The process starts while the checkpoint's metadata is being read.
    const attempt = job.launch();
    if (job.isCurrent(this)) void this.#deploy(attempt);
  }

  onTaskState(): void {
    const { execution } = this.#job.attempt!;
    if (!this.#allRan && execution.allRunning) {
      this.#allRan = true;
      this.#job.startingCrashes = 0;
      this.#job.coordinator.start();
    }
    if (execution.allFinished && !this.#finishing) void this.#finish();
  }

  onDrained(): void {
    if (this.#job.attempt!.execution.allDrained) this.#job.coordinator.onAllDrained();
  }

  onFailure(failure: JobFailure): void {
    if (!this.#finishing) failOver(this.#job, failure);
  }

  onExit(exit: TaskManagerExit): void {
    if (this.#finishing) return;
    if (!this.#allRan) this.#job.startingCrashes++;
    const { execution } = this.#job.attempt!;
    execution.updateAll('FAILED', this.#job.ports.clock.nowMs());
    failOver(this.#job, { error: exit.error ?? lost(exit), location: null });
  }

  cancel(): void {
    if (this.#finishing) return;
    this.#job.coordinator.suspend('the job is being cancelled');
    this.#job.enter('CANCELLING');
  }

  async #deploy(attempt: Attempt): Promise<void> {
    const job = this.#job;
    try {
      const path = job.restorePath;
      const storage = (root: string) => job.ports.storage(root);
      const restore = path === null ? null : await planRestore(job.jobId, job.graph, path, storage);
      if (job.isCurrent(this)) job.deploy(attempt, restore);
    } catch (error) {
      if (job.isCurrent(this)) failOver(job, { error: toWire(error), location: null });
    }
  }

  async #finish(): Promise<void> {
    this.#finishing = true;
    const job = this.#job;
    this.#job.attempt!.killAfter(LINGER_MS);
    job.coordinator.suspend('the job has finished');
    await job.coordinator.settled();
    await job.end('FINISHED');
  }
}

function lost(exit: TaskManagerExit): WireError {
  const message = `The job's process ended unexpectedly: ${exit.reason}`;
  const { code, signal } = exit;
  return toWire(
    new WeirError('TASK_MANAGER_LOST', message, { retryable: true, context: { code, signal } }),
  );
}

export function running(job: JobContext): JobState {
  return new Running(job);
}
