/** Recorded events in the order of their times, as a replay source reads them. */

/** Some consecutive events. They become objects only when they are emitted. */
export interface RecordedBlock<T> {
  /** Number of the first event in the recording, from 0. */
  readonly firstIndex: number;
  /** When each event happened, epoch ms, ascending over all blocks. Paces the replay. */
  readonly times: Float64Array;
  /** The i-th event of the block. */
  event(i: number): T;
}

export interface RecordingReader<T> {
  /** Null at the end. Never called again before it has settled. */
  next(): Promise<RecordedBlock<T> | null>;
  close(): void | Promise<void>;
}

export interface Recording<T> {
  /** Events in all; null where nobody knows. */
  readonly count: number | null;
  /** Starts with event `fromIndex`. Every time it is opened it gives the same events. */
  open(fromIndex: number): Promise<RecordingReader<T>>;
}

const EVENTS_PER_BLOCK = 4096;

/**
 * Events that are in memory, in ascending order of `timeOf`.
 * @example recordingOf(clicks, (click) => click.atMs)
 */
export function recordingOf<T>(events: readonly T[], timeOf: (event: T) => number): Recording<T> {
  return {
    count: events.length,
    async open(fromIndex) {
      let at = fromIndex;
      return {
        async next() {
          if (at >= events.length) return null;
          const firstIndex = at;
          const slice = events.slice(at, at + EVENTS_PER_BLOCK);
          at += slice.length;
          const times = Float64Array.from(slice, timeOf);
          return { firstIndex, times, event: (i) => slice[i] as T };
        },
        close() {},
      };
    },
  };
}
