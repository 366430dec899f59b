/**
 * What went wrong, newest first, bounded. One entry per failover: its root cause, and with it what
 * else failed until the old attempt was gone. Semantics: Flink's exception history.
 */
import type { ExceptionView } from './job-view.ts';

/** Flink's web.exception-history-size. */
export const EXCEPTIONS_MAX = 16;
const CONCURRENT_MAX = 32;

export class ExceptionHistory {
  #entries: readonly ExceptionView[] = [];

  /** Newest first. */
  get entries(): readonly ExceptionView[] {
    return this.#entries;
  }

  /** The root cause of a new failover. */
  addRoot(exception: ExceptionView): void {
    this.#entries = [exception, ...this.#entries].slice(0, EXCEPTIONS_MAX);
  }

  /** Something else that failed in the same failover; beyond a bound only the first are kept. */
  addConcurrent(exception: ExceptionView): void {
    const [root, ...older] = this.#entries;
    if (root === undefined) {
      this.addRoot(exception);
      return;
    }
    const concurrent = [...(root.concurrent ?? []), exception].slice(0, CONCURRENT_MAX);
    this.#entries = [{ ...root, concurrent }, ...older];
  }
}
