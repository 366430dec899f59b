/**
 * How a snapshot keeps a consistent view while the task goes on (copy-on-write per entry, after
 * Flink's CopyOnWriteStateMap).
 *
 * Each entry carries the epoch in which it came to be. A snapshot starts a new epoch, `frozen`:
 * entries with `epoch < frozen` belong to it and are not written yet. Whoever writes such an entry
 * (to the file, or over it) sets its epoch to `frozen`; who overwrites it first preserves the old
 * value. So every entry of the frozen moment is written exactly once.
 */
export class Freeze {
  /** Given to new entries. */
  epoch = 1;
  /** 0 while no snapshot runs. */
  frozen = 0;
  /** Clock at the frozen moment: what was expired then is not written. */
  nowMs = 0;

  begin(nowMs: number): void {
    this.frozen = ++this.epoch;
    this.nowMs = nowMs;
  }

  end(): void {
    this.frozen = 0;
  }
}
