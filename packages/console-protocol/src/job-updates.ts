/** What a viewer of one job gets: all of the recent past once, then what is new. */
import type { JobEvent, JobTick, JobTopology } from './job-stream.ts';
import type { PackedTick } from './tick-reading.ts';

export interface JobSnapshot {
  readonly topology: JobTopology;
  /** The recent past, oldest first, one tick a second; at most 30 minutes. */
  readonly history: readonly JobTick[];
  /** The same ticks as they came, for who keeps many: objects would be ten times that. */
  readonly packed?: readonly PackedTick[];
  readonly events: readonly JobEvent[];
}

export interface JobDelta {
  readonly topology: JobTopology | null;
  readonly tick: JobTick | null;
  /** The same tick as it came. */
  readonly packed?: PackedTick;
  readonly events: readonly JobEvent[];
}
