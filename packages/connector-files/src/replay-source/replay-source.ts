/**
 * Replays recorded events as if they happened now: each at its own recorded time, `speed` times
 * as fast as then, or all as fast as the job takes them.
 *
 * The events are dealt out to a fixed number of splits (event n to split n modulo splits), all of
 * which follow the same clock. A subtask that has several splits emits their events in the order
 * of the recording; at parallelism 1 that is the recording itself.
 */
import {
  type Source,
  type SourceContext,
  type SourceReader,
  type SourceSplit,
  type TypeInformation,
  types,
  WeirError,
} from '@weir/core';
import type { Recording } from './recording.ts';
import { ReplayReader } from './replay-reader.ts';

export interface ReplaySplit extends SourceSplit {
  readonly number: number;
  /** Times that the recording was played to its end before. */
  readonly round: number;
  /** Index of the first event that was not emitted; those of other splits count along. */
  readonly index: number;
  readonly finished: boolean;
  /** Replay time at the snapshot, null before the first event. */
  readonly clockMs: number | null;
  /** Wall clock at the snapshot, null at the start. */
  readonly snapshotMs: number | null;
}

const SPLIT_TYPE: TypeInformation<ReplaySplit> = types.object({
  splitId: types.string(),
  number: types.i32(),
  round: types.i32(),
  index: types.i64(),
  finished: types.boolean(),
  clockMs: types.nullable(types.f64()),
  snapshotMs: types.nullable(types.f64()),
});

export interface ReplayOptions<T> {
  readonly recording: Recording<T>;
  /** 1 = as fast as it was recorded; `max` = as fast as the job takes them. */
  readonly speed: number | 'max';
  /**
   * How many subtasks may share the work. Part of the job's state: a job restored with another
   * number starts over. Default 1.
   */
  readonly splits?: number;
  /** Only the first so many events of each round. */
  readonly limit?: number;
  /** Play forever; each round's events are moved on by `periodMs`. */
  readonly loop?: {
    /** At least the time that the recording spans. */
    readonly periodMs: number;
    /** The event as it would have been `shiftMs` later. */
    readonly shift: (event: T, shiftMs: number) => T;
  };
  /**
   * What becomes of the time between a snapshot and the restart from it. `continue` (default): the
   * replay goes on where it was. `catch-up`: events that fell due meanwhile come at once, as they
   * would from a real system that went on.
   */
  readonly afterDowntime?: 'continue' | 'catch-up';
  readonly type?: TypeInformation<T>;
}

/**
 * @example
 * const flights = new ReplaySource({ recording, speed: 3600, splits: 4 });
 * env.fromSource(flights, WatermarkStrategy.noWatermarks(), 'flights');
 */
export class ReplaySource<T> implements Source<T, ReplaySplit> {
  readonly splitType = SPLIT_TYPE;
  readonly discoveryIntervalMs = null;
  readonly producedType: TypeInformation<T> | null;
  readonly boundedness: 'BOUNDED' | 'CONTINUOUS_UNBOUNDED';
  readonly #options: ReplayOptions<T>;
  readonly #splits: number;

  /** @throws WeirError ARGUMENT_INVALID for a speed, period or number of splits that can't be. */
  constructor(options: ReplayOptions<T>) {
    const { speed, splits = 1, loop } = options;
    if (speed !== 'max' && !(speed > 0 && Number.isFinite(speed))) {
      throw new WeirError('ARGUMENT_INVALID', `a replay's speed is above 0 or "max", not ${speed}`);
    }
    if (!Number.isInteger(splits) || splits < 1) {
      throw new WeirError('ARGUMENT_INVALID', `a replay has 1 or more splits, not ${splits}`);
    }
    if (loop !== undefined && !(loop.periodMs > 0)) {
      throw new WeirError(
        'ARGUMENT_INVALID',
        `a loop's period is above 0 ms, not ${loop.periodMs}`,
      );
    }
    this.#options = options;
    this.#splits = splits;
    this.boundedness = loop === undefined ? 'BOUNDED' : 'CONTINUOUS_UNBOUNDED';
    this.producedType = options.type ?? null;
  }

  async discoverSplits(): Promise<readonly ReplaySplit[]> {
    return Array.from({ length: this.#splits }, (_, number) => ({
      splitId: `${number}-of-${this.#splits}`,
      number,
      round: 0,
      index: 0,
      finished: false,
      clockMs: null,
      snapshotMs: null,
    }));
  }

  ownerOf(split: ReplaySplit, parallelism: number): number {
    return split.number % parallelism;
  }

  createReader(context: SourceContext): SourceReader<T, ReplaySplit> {
    return new ReplayReader(this.#options, this.#splits, context);
  }
}
