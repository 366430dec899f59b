/**
 * Emits the events of one subtask's splits when they fall due.
 *
 * Invariants: one cursor runs over the recording for all splits of the subtask, so that their
 * events come in recorded order; a split's position never goes back; `pollNext` emits nothing
 * that lies in the replay's future; at most one timer is armed.
 */
import type {
  ClockPort,
  PollStatus,
  ReaderOutput,
  SourceContext,
  SourceReader,
  SplitReport,
  TimerHandle,
} from '@weir/core';
import { ReadAhead } from '../read-ahead.ts';
import { isBefore, type Position, RecordingRounds, type RoundBlock } from './recording-rounds.ts';
import { ReplayClock } from './replay-clock.ts';
import type { ReplayOptions } from './replay-options.ts';
import type { ReplaySplit } from './replay-split.ts';

const BLOCKS_AHEAD = 3;
/** Events that fall due within so many ms are emitted together. */
const GRANULARITY_MS = 5;

export class ReplayReader<T> implements SourceReader<T, ReplaySplit> {
  readonly #options: ReplayOptions<T>;
  readonly #splitCount: number;
  readonly #context: SourceContext;
  readonly #clock: ReplayClock;
  readonly #wallClock: ClockPort;
  /** By number; undefined where another subtask owns the split. */
  readonly #splits: (ReplaySplit | undefined)[];
  #blocks: ReadAhead<RoundBlock<T>> | null = null;
  #rounds: RecordingRounds<T> | null = null;
  #cursor: Position = { round: 0, index: 0 };
  /** Events of the oldest waiting block that were passed. */
  #passed = 0;
  /** True while splits may be ahead of the cursor: after a restore from several subtasks. */
  #uneven = false;
  #lastTimeMs: number | null = null;
  #timer: TimerHandle | null = null;

  constructor(options: ReplayOptions<T>, splitCount: number, context: SourceContext) {
    this.#options = options;
    this.#splitCount = splitCount;
    this.#context = context;
    this.#wallClock = context.clock;
    this.#clock = new ReplayClock(context.clock, options.speed);
    this.#splits = new Array<ReplaySplit | undefined>(splitCount).fill(undefined);
  }

  addSplits(splits: readonly ReplaySplit[]): void {
    for (const split of splits) this.#splits[split.number] = split;
  }

  start(): void {
    const open = this.#ownSplits().filter((split) => !split.finished);
    if (open.length === 0) return;
    this.#cursor = open.reduce((least, split) => (isBefore(split, least) ? split : least));
    this.#uneven = this.#ownSplits().some((split) => isBefore(this.#cursor, split));
    this.#resumeClock();
    const rounds = new RecordingRounds(this.#options, this.#cursor);
    this.#rounds = rounds;
    this.#blocks = new ReadAhead(
      () => rounds.next(),
      BLOCKS_AHEAD,
      () => this.#context.wakeUp(),
    );
    this.#blocks.start();
  }

  pollNext(output: ReaderOutput<T>): PollStatus {
    const blocks = this.#blocks;
    if (blocks === null) return 'END_OF_INPUT';
    while (output.room > 0) {
      const next = blocks.peek();
      if (next === null) {
        if (!blocks.isAtEnd) return 'NOTHING_AVAILABLE';
        this.#finish();
        return 'END_OF_INPUT';
      }
      if (!this.#clock.isStarted) this.#clock.start(timeOf(next, 0));
      if (!this.#emitDue(next, output)) return 'NOTHING_AVAILABLE';
      if (this.#passed === next.length) {
        blocks.shift();
        this.#passed = 0;
      }
    }
    return 'MORE_AVAILABLE';
  }

  snapshotState(): readonly ReplaySplit[] {
    const clockMs = this.#clockMs();
    const snapshotMs = this.#wallClock.nowMs();
    return this.#ownSplits().map((split) => {
      if (split.finished || isBefore(this.#cursor, split)) return split;
      const { round, index } = this.#cursor;
      return { ...split, round, index, clockMs, snapshotMs };
    });
  }

  /** Events that are due and not emitted; beyond what was read ahead the number is estimated. */
  splitReports(): readonly SplitReport[] {
    const { records, ageMs } = this.#pending();
    const each = records === null ? null : Math.ceil(records / this.#splitCount);
    return this.#ownSplits().map((split) => ({
      splitId: split.splitId,
      pendingRecords: split.finished ? 0 : each,
      pendingMs: split.finished ? 0 : ageMs,
      position: this.#placeOf(split),
      finished: split.finished,
    }));
  }

  async close(): Promise<void> {
    this.#timer?.cancel();
    await this.#blocks?.close();
    await this.#rounds?.close();
  }

  #placeOf(split: ReplaySplit): string {
    const ahead = split.finished || isBefore(this.#cursor, split);
    const { round, index } = ahead ? split : this.#cursor;
    const event = `event ${index.toLocaleString('en')}`;
    return this.#options.loop === undefined ? event : `round ${round + 1}, ${event}`;
  }

  /** False when the rest of the block lies in the future; a timer then wakes the task. */
  #emitDue(next: RoundBlock<T>, output: ReaderOutput<T>): boolean {
    const { block, length, round, shiftMs } = next;
    const nowMs = this.#clock.nowMs();
    let at = this.#passed;
    while (at < length && output.room > 0) {
      const timeMs = block.times[at]! + shiftMs;
      if (timeMs > nowMs) break;
      const index = block.firstIndex + at;
      const split = this.#splits[index % this.#splitCount];
      if (split !== undefined && !(this.#uneven && isBefore({ round, index }, split))) {
        const event = block.event(at);
        output.collect(
          shiftMs === 0 ? event : this.#options.loop!.shift(event, shiftMs),
          timeMs,
          split.splitId,
        );
      }
      this.#lastTimeMs = timeMs;
      at++;
    }
    this.#passed = at;
    this.#cursor = { round, index: block.firstIndex + at };
    if (at === length || output.room === 0) return true;
    this.#wakeUpAt(block.times[at]! + shiftMs);
    return false;
  }

  #wakeUpAt(timeMs: number): void {
    this.#timer?.cancel();
    const delayMs = Math.max(GRANULARITY_MS, this.#clock.untilMs(timeMs));
    this.#timer = this.#context.timers.schedule(delayMs, () => {
      this.#timer = null;
      this.#context.wakeUp();
    });
  }

  #resumeClock(): void {
    let clockMs: number | null = null;
    for (const split of this.#ownSplits()) {
      if (split.clockMs === null || split.snapshotMs === null) continue;
      const downMs = Math.max(0, this.#wallClock.nowMs() - split.snapshotMs);
      const missedMs = this.#clock.isPaced ? downMs * this.#clock.speed : 0;
      const resumedMs = split.clockMs + (this.#options.afterDowntime === 'catch-up' ? missedMs : 0);
      clockMs = Math.max(clockMs ?? resumedMs, resumedMs);
      this.#lastTimeMs = clockMs;
    }
    if (clockMs !== null) this.#clock.start(clockMs);
  }

  #clockMs(): number | null {
    const { isPaced, isStarted } = this.#clock;
    return isPaced && isStarted ? this.#clock.nowMs() : this.#lastTimeMs;
  }

  #pending(): { records: number | null; ageMs: number | null } {
    const oldest = this.#blocks?.waiting[0];
    if (oldest === undefined) return { records: this.#blocks?.isAtEnd ? 0 : null, ageMs: null };
    if (!this.#clock.isPaced) return { records: this.#remaining(), ageMs: null };
    const nowMs = this.#clock.nowMs();
    const ageMs = Math.max(0, -this.#clock.untilMs(timeOf(oldest, this.#passed)));
    let records = -this.#passed;
    let newest = oldest;
    for (const waiting of this.#blocks?.waiting ?? []) {
      records += dueIn(waiting, nowMs);
      newest = waiting;
    }
    const endMs = timeOf(newest, newest.length - 1);
    const spanMs = endMs - timeOf(oldest, 0);
    if (nowMs > endMs && spanMs > 0) {
      const read = (this.#blocks?.waiting ?? []).reduce((sum, { length }) => sum + length, 0);
      records += Math.round(((nowMs - endMs) * read) / spanMs);
    }
    return { records: Math.max(0, records), ageMs };
  }

  /** Events of this round that were not passed: all of them are due at full speed. */
  #remaining(): number | null {
    const { count } = this.#options.recording;
    if (count === null) return null;
    return Math.max(0, Math.min(count, this.#options.limit ?? count) - this.#cursor.index);
  }

  #finish(): void {
    const clockMs = this.#clockMs();
    for (const split of this.#ownSplits()) {
      const { round, index } = isBefore(this.#cursor, split) ? split : this.#cursor;
      const snapshotMs = this.#wallClock.nowMs();
      this.#splits[split.number] = { ...split, round, index, finished: true, clockMs, snapshotMs };
    }
  }

  #ownSplits(): ReplaySplit[] {
    return this.#splits.filter((split) => split !== undefined);
  }
}

function timeOf<T>(waiting: RoundBlock<T>, at: number): number {
  return waiting.block.times[at]! + waiting.shiftMs;
}

/** How many of the block's events are due, by binary search. */
function dueIn<T>(waiting: RoundBlock<T>, nowMs: number): number {
  let low = 0;
  let high = waiting.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (timeOf(waiting, middle) <= nowMs) low = middle + 1;
    else high = middle;
  }
  return low;
}
