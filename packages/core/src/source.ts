/**
 * Split-based sources. There is no enumerator process: every subtask discovers the splits and
 * keeps those that are its own by `ownerOf`, a pure function of split and parallelism. On restore
 * each subtask reads the positions of all splits and again keeps its own, so rescaling is free
 * (docs/adr/split-ownership.md).
 */
import type { OutputTag } from './functions.ts';
import type { EventTimeMs } from './ids.ts';
import type { ClockPort, TimerPort } from './ports/time.ts';
import type { MetricGroup, TaskInfo } from './runtime-context.ts';
import type { TypeInformation } from './types/type-information.ts';
import type { Configuration } from './config/configuration.ts';

export interface SourceSplit {
  /** Stable over restarts, unique in the source. */
  readonly splitId: string;
}

export interface SourceContext {
  readonly taskInfo: TaskInfo;
  readonly metricGroup: MetricGroup;
  readonly configuration: Configuration;
  readonly clock: ClockPort;
  readonly timers: TimerPort;
  /** Makes the task poll again; call it from any callback once records may be there. */
  wakeUp(): void;
}

export interface ReaderOutput<T> {
  /** `timestampMs` is what the outside system attached, MIN_TIMESTAMP if nothing. */
  collect(record: T, timestampMs: EventTimeMs, splitId: string): void;
  /** Records that still fit the current batch; a reader stops its poll when 0. */
  readonly room: number;
  /** Beside the records: into a side output, without a part in watermarks. Takes room, too. */
  sideOutput?<X>(tag: OutputTag<X>, record: X, timestampMs: EventTimeMs): void;
  /** No record of this split follows: it no longer holds the watermark back. */
  splitFinished?(splitId: string): void;
}

export type PollStatus = 'MORE_AVAILABLE' | 'NOTHING_AVAILABLE' | 'END_OF_INPUT';

/** What a reader knows of one of its splits, for lag metrics and the console; unknown is null. */
export interface SplitReport {
  /** Shown as it is: `orders-3`, `part-0007.csv 0–64 MiB`. */
  readonly splitId: string;
  /** Records in the outside system that were not emitted yet: Kafka's end offset − position. */
  readonly pendingRecords: number | null;
  /** Age in ms of the oldest record that was not emitted yet, by the outside's own time; 0 = none. */
  readonly pendingMs: number | null;
  /** Where it stands, in the source's words: `offset 1,204,881`, `row 80,000 of 120,000`. */
  readonly position: string | null;
  /** Nothing follows any more. */
  readonly finished: boolean;
}

export interface SourceReader<T, S extends SourceSplit> {
  /** May read ahead in the background from here on. */
  start(): void | Promise<void>;
  /** With the positions at which to go on; called before `start` on restore, later on discovery. */
  addSplits(splits: readonly S[]): void;
  /**
   * Emits at most `output.room` records; never blocks and never awaits.
   * NOTHING_AVAILABLE promises a later `wakeUp()`.
   */
  pollNext(output: ReaderOutput<T>): PollStatus;
  /** Every split with the position after the last emitted record, finished ones included. */
  snapshotState(checkpointId: number): readonly S[];
  notifyCheckpointComplete?(checkpointId: number): void | Promise<void>;
  /**
   * One entry a split of this reader, finished ones included. Called on the task's thread once a
   * second, and twice while somebody looks at the splits: it answers from what is in memory, never
   * waits, and costs O(own splits). What only the outside knows (a partition's end offset) is
   * remembered from the last fetch. Sums of it are the metrics `pendingRecords` and `pendingMs`;
   * watermarks and idleness of the splits are added by the source operator.
   */
  splitReports?(): readonly SplitReport[];
  close(): void | Promise<void>;
}

export interface Source<T, S extends SourceSplit = SourceSplit> {
  readonly boundedness: 'BOUNDED' | 'CONTINUOUS_UNBOUNDED';
  readonly producedType: TypeInformation<T> | null;
  readonly splitType: TypeInformation<S>;
  /** How often new splits are looked for; null = only at the start. */
  readonly discoveryIntervalMs: number | null;
  /**
   * True where a reader reads its splits one after the other, in an order that event time follows:
   * a split then takes part in the watermark from its first record on, not from the start.
   */
  readonly sequentialSplits?: boolean;
  /**
   * All splits that exist now, each at its initial position. `known` are those that the job has
   * already, none at its first start; they may be left out.
   */
  discoverSplits(context: SourceContext, known: ReadonlyMap<string, S>): Promise<readonly S[]>;
  /** Which subtask reads a split. Pure. */
  ownerOf(split: S, parallelism: number): number;
  createReader(context: SourceContext): SourceReader<T, S>;
}
