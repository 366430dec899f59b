/**
 * The counters of one subtask, plain doubles in shared memory: written by the slot's thread,
 * sampled once a second by the TaskManager's main thread. Times are cumulative ms with fractions.
 * Names are Flink's where Flink has one (see `TASK_METRICS`).
 */
export const TASK_METRICS = [
  'numRecordsIn',
  'numRecordsOut',
  'numBytesIn',
  'numBytesOut',
  'numBuffersOut',
  'accumulateRunningTimeMs',
  'accumulateQueuedTimeMs',
  'accumulateExternalTimeMs',
  'accumulateIdleTimeMs',
  'accumulateBackPressuredTimeMs',
  'currentInputWatermark',
  'currentOutputWatermark',
  'inputQueueBytes',
  'checkpointAlignmentTime',
  'checkpointStartDelayNanos',
  /** Cumulative, with what the alignment that goes on has taken so far. */
  'alignmentTimeMs',
  /** Edge whose barrier is waited for, or came last; -1 = none so far. */
  'alignmentLateEdge',
  'numFiredTimers',
  'initializationTime',
  'turns',
] as const;

export type TaskMetricName = (typeof TASK_METRICS)[number];

/** Per operator of the chain, after the task's own. */
export const OPERATOR_METRICS = [
  'numRecordsIn',
  'numRecordsOut',
  'numLateRecordsDropped',
  'currentInputWatermark',
  'currentOutputWatermark',
  'runningTimeMs',
  'externalTimeMs',
  'stateEntries',
  'stateBytes',
  'asyncInFlight',
  'asyncCapacity',
  /** From call to answer, of the calls of the last seconds; NaN where there was none. */
  'asyncLatencyP50Ms',
  'asyncLatencyP99Ms',
  'pendingRecords',
  'pendingMs',
] as const;

export type OperatorMetricName = (typeof OPERATOR_METRICS)[number];

/** Per outgoing edge, after the operators'; a task's series named `edge.<index>.<metric>`. */
export const EDGE_METRICS = ['fill', 'records', 'bytes', 'segments', 'blockedMs'] as const;
