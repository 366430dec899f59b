/**
 * Where a task's wall time went. Time within a step is running time; time between two steps goes
 * to the last step's answer. The five parts sum to the wall time since the first step: what a task
 * waits for before (its own start, that of others in the slot) is no time that it was held up.
 */
export type StepAnswer = 'progressed' | 'starved' | 'blocked' | 'external' | 'done';

/** Which of the task's operators waits outside; its own share of the task's external time. */
export interface WaitingOperator {
  externalMs: number;
}

export class TimeAccounting {
  runningMs = 0;
  queuedMs = 0;
  externalMs = 0;
  idleMs = 0;
  backPressuredMs = 0;
  /** Null before the first step. */
  #sinceMs: number | null = null;
  #running = false;
  #answer: StepAnswer = 'progressed';
  #waiting: WaitingOperator | null = null;
  #blockedEdge: number | null = null;
  readonly #blockedMs = new Map<number, number>();

  beginStep(nowMs: number): void {
    this.settle(nowMs);
    this.#sinceMs = nowMs;
    this.#running = true;
  }

  /**
   * `waiting` with the answer `external`, if it is an operator that waits; `blockedEdge` with the
   * answer `blocked`.
   */
  endStep(
    nowMs: number,
    answer: StepAnswer,
    waiting: WaitingOperator | null = null,
    blockedEdge: number | null = null,
  ): void {
    this.settle(nowMs);
    this.#running = false;
    this.#answer = answer;
    this.#waiting = waiting;
    this.#blockedEdge = blockedEdge;
  }

  /** The part of the backpressured time that this outgoing edge had no room. */
  blockedMs(edge: number): number {
    return this.#blockedMs.get(edge) ?? 0;
  }

  /** Books what has passed since the last call; also for sampling between steps. */
  settle(nowMs: number): void {
    if (this.#sinceMs === null) return;
    const passedMs = nowMs - this.#sinceMs;
    this.#sinceMs = nowMs;
    if (this.#running) {
      this.runningMs += passedMs;
      return;
    }
    switch (this.#answer) {
      case 'progressed':
        this.queuedMs += passedMs;
        return;
      case 'blocked':
        this.backPressuredMs += passedMs;
        if (this.#blockedEdge !== null) {
          this.#blockedMs.set(this.#blockedEdge, this.blockedMs(this.#blockedEdge) + passedMs);
        }
        return;
      case 'external':
        this.externalMs += passedMs;
        if (this.#waiting !== null) this.#waiting.externalMs += passedMs;
        return;
      default:
        this.idleMs += passedMs;
    }
  }
}
