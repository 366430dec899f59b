/**
 * What went wrong, newest first, bounded. One entry per failover: its root cause, and with it what
 * else failed until the old attempt was gone. Semantics: Flink's exception history.
 */
import type { ExceptionView } from './job-view.ts';

/** In the job's record, which is written with every checkpoint. */
const RECORDED_CHARACTERS_MAX = 64 * 1024;

/** Flink's web.exception-history-size. */
export const EXCEPTIONS_MAX = 16;
const CONCURRENT_MAX = 32;

export class ExceptionHistory {
  #entries: readonly ExceptionView[] = [];
  /** What is recorded of which entries. */
  #recorded: readonly ExceptionView[] = [];
  #recordedOf: readonly ExceptionView[] = this.#entries;

  /** Newest first. */
  get entries(): readonly ExceptionView[] {
    return this.#entries;
  }

  /** For the record: the newest that fit, each without what failed beside it. */
  get recorded(): readonly ExceptionView[] {
    if (this.#recordedOf === this.#entries) return this.#recorded;
    let left = RECORDED_CHARACTERS_MAX;
    const fitting: ExceptionView[] = [];
    for (const { concurrent: _beside, ...root } of this.#entries) {
      left -= JSON.stringify(root).length;
      if (left < 0) break;
      fitting.push(root);
    }
    this.#recorded = fitting;
    this.#recordedOf = this.#entries;
    return fitting;
  }

  /** What an earlier server process recorded. */
  restore(recorded: readonly ExceptionView[]): void {
    this.#entries = recorded.slice(0, EXCEPTIONS_MAX);
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
