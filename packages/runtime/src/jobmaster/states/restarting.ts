/**
 * RESTARTING: the attempt that failed is being ended, the restart strategy's wait goes by. The
 * next attempt begins when both are over and no checkpoint is being finalised.
 * Next: RUNNING, CANCELLING, FAILING.
 */
import type { TimerHandle } from '@weir/core';
import type { JobContext, JobFailure, JobState } from '../job-context.ts';

class Restarting implements JobState {
  readonly status = 'RESTARTING';
  readonly #job: JobContext;
  #timer: TimerHandle | null = null;
  #tornDown = false;
  #due = false;

  constructor(job: JobContext) {
    this.#job = job;
  }

  enter(): void {
    const { ports, restartAtMs } = this.#job;
    this.#job.saveSoon();
    this.#timer = ports.timers.schedule(Math.max(0, restartAtMs - ports.clock.nowMs()), () => {
      this.#due = true;
      this.#proceed();
    });
    void this.#job.tearDown().then(() => {
      this.#tornDown = true;
      this.#proceed();
    });
  }

  onFailure(failure: JobFailure): void {
    this.#job.recordException(failure, 'concurrent');
  }

  cancel(): void {
    this.#timer?.cancel();
    this.#job.enter('CANCELLING');
  }

  #proceed(): void {
    if (!this.#due || !this.#tornDown || !this.#job.isCurrent(this)) return;
    this.#job.attemptNumber++;
    this.#job.restarts++;
    this.#job.enter('RUNNING');
  }
}

export function restarting(job: JobContext): JobState {
  return new Restarting(job);
}
