/**
 * The contract between a task's driver and an operator. Operators never call each other and never
 * block: the driver enters each through one shared call site per batch, moves its output on, and
 * comes back. Every method that emits is resumable, because output may be full.
 *
 * Called by `task/operator-chain.ts`; implemented by one file per operator in this folder.
 * Semantics: Flink's StreamOperator, AbstractStreamOperator and their life cycle.
 *
 * Life cycle: open (state restored) → processBatch / processWatermark / onProcessingTime …
 * → endInput → finish handled by checkpoints → close. `close` is called on every path.
 */
import type {
  Batch,
  ClockPort,
  Configuration,
  EventTimeMs,
  MetricGroup,
  RuntimeContext,
  SplitReport,
  TaskInfo,
  TimerPort,
  TypeInformation,
} from '@weir/core';
import type {
  KeyedSnapshot,
  KeyedStateSource,
  OperatorStateReader,
  OperatorStateWriter,
} from '../checkpoint/operator-state.ts';
import type { KeyedStateBackend } from '../state/keyed-state-backend.ts';
import type { OperatorMetricName } from '../task/task-metrics.ts';
import type { OutputBuffer } from './output-buffer.ts';

export interface OperatorContext {
  readonly jobId: string;
  readonly vertexId: string;
  readonly operatorId: string;
  readonly taskInfo: TaskInfo;
  readonly metricGroup: MetricGroup;
  readonly configuration: Configuration;
  readonly clock: ClockPort;
  readonly timers: TimerPort;
  /** What user functions get. */
  readonly runtimeContext: RuntimeContext;
  /** Null where the operator's input has no key. */
  readonly keyedState: KeyedStateBackend | null;
  readonly restoredCheckpointId: number | null;
  /** Something outside made progress possible (a promise resolved, a timer is due). */
  wakeUp(): void;
  /** Ends the task with this error, from a callback where throwing would reach nobody. */
  fail(error: unknown): void;
}

/** Why an operator can't take input although it has some. */
export interface ExternalWait {
  /** Shown by the console: `airports (PostgreSQL)`, `file sink: fsync`. */
  readonly callSite: string;
  readonly inFlight: number;
  readonly capacity: number;
}

export interface StreamOperator {
  /**
   * True: the operator emits watermarks and idleness itself, at their place among its rows; the
   * driver then forwards none of those it hands in.
   */
  readonly emitsWatermarks?: boolean;

  /** Timers fired so far, both kinds. */
  readonly numFiredTimers?: number;
  /** Asynchronous calls that the event loop is to answer; while above 0, turns are short. */
  readonly callsInFlight?: number;

  open(context: OperatorContext): void | Promise<void>;

  /**
   * Processes rows `from` (inclusive) to `to` (exclusive) of the batch's live rows in order and
   * returns the index of the first row that was not processed. Stops early only when the output
   * is full (`out.isFull`), or when it has to wait (`externalWait()` then says for what).
   * One user call may overshoot the output's limit; nothing is lost.
   */
  processBatch(batch: Batch, from: number, to: number, out: OutputBuffer): number;

  /** The key of a live row of such a batch; absent where the operator works without keys. */
  keyAt?(batch: Batch, row: number): unknown;

  /**
   * Event time advanced. Fires what is due; false = output full or waiting, call again with the
   * same watermark. The driver forwards the watermark after true.
   */
  processWatermark(watermarkMs: EventTimeMs, out: OutputBuffer): boolean;

  /** The input went idle or active. Called only where `emitsWatermarks`. */
  processStatus?(idle: boolean, out: OutputBuffer): void;

  /** Work that is due without input: processing-time timers, async results. True = all done. */
  poll?(out: OutputBuffer): boolean;

  /** Wall-clock ms at which `poll` has something to do; Infinity = only after `wakeUp()`. */
  nextDeadlineMs?(): number;

  /** Named doubles for the console, read once a second on the slot's thread. */
  gauges?(): Readonly<Partial<Record<OperatorMetricName, number>>>;

  /** The inputs are at their end; emit what remains. False = call again. */
  endInput?(out: OutputBuffer): boolean;

  /** Non-null while `processBatch` or a poll can't go on for an outside reason. */
  externalWait?(): ExternalWait | null;

  /**
   * Before the barrier is passed on: hand buffered data to the outside (sinks flush here and
   * prepare their committables). The task stands still until the promise resolves.
   */
  prepareSnapshot?(checkpointId: number, endOfInput: boolean): Promise<void> | void;

  /**
   * The synchronous part of a snapshot: milliseconds. Everything slow goes into the writer's
   * background part. Keyed state and timers are snapshotted by the backend, not here.
   */
  snapshotState?(writer: OperatorStateWriter, checkpointId: number): void;

  /** Operators that keep keyed state in a form of their own (pages): frozen as of now. */
  snapshotKeyedState?(): KeyedSnapshot;

  /** The same operators' state of an earlier attempt; called after `open`, before any record. */
  restoreKeyedState?(source: KeyedStateSource): Promise<void>;

  /** Called before `open` when there is state of an earlier attempt. */
  restoreState?(reader: OperatorStateReader): void;

  notifyCheckpointComplete?(checkpointId: number): Promise<void> | void;
  notifyCheckpointAborted?(checkpointId: number): void;

  close(): void | Promise<void>;
}

/** A split as it is shown: what its reader knows, and its part in event time. */
export interface SplitView extends SplitReport {
  /** Null before the first one, and once the split no longer takes part. */
  readonly watermarkMs: EventTimeMs | null;
  /** For how long nothing came, ms; null while the split counts for the watermark. */
  readonly idleMs: number | null;
  /** Emitted since the operator was opened; null where it has not taken part yet. */
  readonly records: number | null;
}

/** Operators that have no input: driven by `emitNext` instead of `processBatch`. */
export interface SourceStreamOperator extends StreamOperator {
  /** What its splits look like now; O(own splits). Absent where there are none. */
  splitViews?(): readonly SplitView[];
  /** Emits at most `rowsMax` rows. */
  emitNext(out: OutputBuffer, rowsMax: number): 'more' | 'nothing' | 'end';
  /** Stop-with-savepoint: nothing more is emitted; `drain` first advances to MAX_WATERMARK. */
  stop(drain: boolean): void;
  /** The stop failed or was given up: emission goes on. */
  resume?(): void;
}

/** What `OperatorTransformation.binding` is for the runtime. */
export interface OperatorFactory {
  /** How keys are written; null = self-describing. Absent where there is no keyed state. */
  readonly keyType?: TypeInformation<unknown> | null;
  create(): StreamOperator | SourceStreamOperator;
}
