/**
 * What the rules of verdicts look at: the last seconds of a job, smoothed, as shares of time and
 * rates. Made of frames (`frame-window.ts`), or of ticks where there is nothing finer
 * (`tick-picture.ts`). Shares are 0…1; what is not known is null.
 */
export interface Picture {
  /** Epoch ms of its end. */
  readonly t: number;
  /** How much time it covers. */
  readonly spanMs: number;
  /** In the order of the topology. */
  readonly vertices: readonly VertexPicture[];
  /** Fill of each edge's fullest channel, in the order of the topology. */
  readonly fills: readonly (number | null)[];
  /**
   * Share of the time for which the sender that waited most found this edge full, in the order of
   * the topology; null where only the whole backpressure is known.
   */
  readonly blocked: readonly (number | null)[];
  /** By slot. */
  readonly threads: ReadonlyMap<number, ThreadPicture>;
  readonly machine: MachinePicture | null;
  /** Who runs on a slot's thread; on any where slots are not known. */
  usersOf(slot: number | null): readonly ThreadUser[];
}

export interface ThreadUser {
  readonly vertexId: string;
  readonly subtask: number;
  /** Share of the thread's time. */
  readonly running: number;
}

export interface VertexPicture {
  readonly id: string;
  /** Of the busiest subtask. */
  readonly busiest: TimeShares | null;
  readonly busySubtask: number;
  /** Of the most backpressured subtask. */
  readonly backpressuredMax: number | null;
  /** Records per second, all subtasks; of a source what it emitted. */
  readonly recordsIn: number | null;
  readonly recordsOut: number | null;
  readonly pendingRecords: number | null;
  readonly pendingMs: number | null;
  /** Since a record last went in or out. */
  readonly stillMs: number;
  /** Of the subtask whose inputs were held back most, over a longer time than the rest. */
  readonly alignment: number;
  /** The edge that the alignment waits for, or waited for last. */
  readonly lateEdge: number | null;
  /** Each for itself; worked out when asked for. */
  subtasks(): readonly SubtaskPicture[];
}

export interface TimeShares {
  readonly busy: number;
  readonly running: number;
  readonly queued: number;
  readonly external: number;
  readonly idle: number;
  readonly backpressured: number;
}

export interface SubtaskPicture extends TimeShares {
  readonly subtask: number;
  readonly slot: number | null;
  readonly recordsIn: number | null;
  readonly recordsOut: number | null;
  readonly operators: readonly OperatorPicture[];
}

export interface OperatorPicture {
  readonly operatorId: string;
  readonly running: number;
  readonly external: number;
  readonly recordsIn: number | null;
  readonly asyncInFlight: number | null;
  readonly callP50Ms: number | null;
  readonly callP99Ms: number | null;
  readonly asyncCapacity: number | null;
}

export interface ThreadPicture {
  readonly slot: number;
  /** Share of the time in the collector's pauses. */
  readonly gc: number;
  /** Cores that it got. */
  readonly cpu: number;
  /** Share of the time for which it wanted a core and had none. */
  readonly runDelay: number | null;
  readonly heapUsedBytes: number;
  readonly heapLimitBytes: number;
  /** By which most signs of life came late. */
  readonly delayMs: number;
  /** In a call that has not come back for long; null while it comes back. */
  readonly hung: {
    readonly vertexId: string;
    readonly subtask: number;
    readonly operatorId: string;
    readonly forMs: number;
  } | null;
}

export interface MachinePicture {
  readonly busyCores: number;
  readonly cores: number;
}

/** The five parts of a subtask's time as shares; null when nothing was booked. */
export function sharesOf(
  running: number,
  queued: number,
  external: number,
  idle: number,
  backpressured: number,
): TimeShares | null {
  const total = running + queued + external + idle + backpressured;
  if (!(total > 0)) return null;
  return {
    busy: (running + queued + external) / total,
    running: running / total,
    queued: queued / total,
    external: external / total,
    idle: idle / total,
    backpressured: backpressured / total,
  };
}

/** Of an uneven number the middle one, of an even number the lower of the two; null of none. */
export function medianOf(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[(sorted.length - 1) >> 1]!;
}

/** To so many decimals: what is shown and compared. */
export function rounded(value: number, decimals = 2): number {
  const factor = 10 ** decimals;
  return Math.round(value * factor) / factor;
}
