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
  type TypeInformation,
  WeirError,
} from '@weir/core';
import type { ReplayOptions } from './replay-options.ts';
import { ReplayReader } from './replay-reader.ts';
import { REPLAY_SPLIT_TYPE, type ReplaySplit } from './replay-split.ts';

/**
 * @example
 * const flights = new ReplaySource({ recording, speed: 3600, splits: 4 });
 * env.fromSource(flights, WatermarkStrategy.noWatermarks(), 'flights');
 */
export class ReplaySource<T> implements Source<T, ReplaySplit> {
  readonly splitType = REPLAY_SPLIT_TYPE;
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
