/** A recording played once or again and again, each round moved on in time. */
import type { RecordedBlock, RecordingReader } from './recording.ts';
import type { ReplayOptions } from './replay-options.ts';

/** A place in the replay: of the first event that was not emitted. */
export interface Position {
  readonly round: number;
  readonly index: number;
}

export function isBefore(left: Position, right: Position): boolean {
  return left.round < right.round || (left.round === right.round && left.index < right.index);
}

/** A block of one round, cut to the limit. */
export interface RoundBlock<T> {
  readonly block: RecordedBlock<T>;
  /** Events of the block that count; never 0. */
  readonly length: number;
  readonly round: number;
  readonly shiftMs: number;
}

export class RecordingRounds<T> {
  readonly #options: ReplayOptions<T>;
  #round: number;
  #index: number;
  #reader: RecordingReader<T> | null = null;

  constructor(options: ReplayOptions<T>, start: Position) {
    this.#options = options;
    this.#round = start.round;
    this.#index = start.index;
  }

  /** The next block, null after the last one. */
  async next(): Promise<RoundBlock<T> | null> {
    const { recording, limit = Number.POSITIVE_INFINITY, loop } = this.#options;
    for (;;) {
      this.#reader ??= await recording.open(this.#index);
      const block = await this.#reader.next();
      const length = block === null ? 0 : Math.min(block.times.length, limit - block.firstIndex);
      if (block !== null && length > 0) {
        this.#index = block.firstIndex + length;
        const shiftMs = this.#round * (loop?.periodMs ?? 0);
        return { block, length, round: this.#round, shiftMs };
      }
      await this.close();
      // Without a single event there is nothing to repeat.
      if (loop === undefined || this.#index === 0) return null;
      this.#round++;
      this.#index = 0;
    }
  }

  async close(): Promise<void> {
    const reader = this.#reader;
    this.#reader = null;
    await reader?.close();
  }
}
