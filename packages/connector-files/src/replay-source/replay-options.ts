/** How a recording is played. */
import type { TypeInformation } from '@weir/core';
import type { Recording } from './recording.ts';

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
