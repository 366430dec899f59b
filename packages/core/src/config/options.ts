/** The options that the engine reads, with Flink's keys and defaults. */
import {
  booleanOption,
  durationOption,
  integerOption,
  memoryOption,
  numberOption,
  stringOption,
} from './configuration.ts';

export const PARALLELISM_DEFAULT = integerOption('parallelism.default', 1, {
  min: 1,
  max: 32_768,
  description: 'Parallelism of operators that set none of their own.',
});
export const MAX_PARALLELISM = integerOption('pipeline.max-parallelism', -1, {
  min: -1,
  max: 32_768,
  description: 'Number of key groups; -1 derives it from the parallelism as Flink does.',
});
export const JOB_NAME = stringOption('pipeline.name', '', {
  description: 'Name of the job; wins over the one given to execute().',
});
export const AUTO_WATERMARK_INTERVAL = durationOption('pipeline.auto-watermark-interval', 200, {
  description: 'How often periodic watermark generators are asked.',
});
export const OPERATOR_CHAINING = booleanOption('pipeline.operator-chaining.enabled', true, {
  aliases: ['pipeline.operator-chaining'],
  description: 'Fuse neighbouring operators into one task.',
});

export const CHECKPOINT_INTERVAL = durationOption('execution.checkpointing.interval', 0, {
  description: 'Time between checkpoints; 0 switches them off.',
});
export const CHECKPOINT_MODE = stringOption<'EXACTLY_ONCE' | 'AT_LEAST_ONCE'>(
  'execution.checkpointing.mode',
  'EXACTLY_ONCE',
  {
    oneOf: ['EXACTLY_ONCE', 'AT_LEAST_ONCE'],
    description: 'Whether barriers align (exactly once) or only pass (at least once).',
  },
);
export const CHECKPOINT_TIMEOUT = durationOption('execution.checkpointing.timeout', 600_000, {
  description: 'A checkpoint that takes longer is given up.',
});
export const CHECKPOINT_MIN_PAUSE = durationOption('execution.checkpointing.min-pause', 0, {
  description: 'Least time between the end of one checkpoint and the start of the next.',
});
export const CHECKPOINT_MAX_CONCURRENT = integerOption(
  'execution.checkpointing.max-concurrent-checkpoints',
  1,
  { min: 1, description: 'Checkpoints that may be in progress at once.' },
);
export const CHECKPOINT_TOLERABLE_FAILED = integerOption(
  'execution.checkpointing.tolerable-failed-checkpoints',
  0,
  { description: 'Consecutive failed checkpoints after which the job fails.' },
);
export const CHECKPOINT_NUM_RETAINED = integerOption('execution.checkpointing.num-retained', 1, {
  min: 1,
  description: 'Completed checkpoints that are kept.',
});
export const CHECKPOINT_RETENTION = stringOption<
  'NO_EXTERNALIZED_CHECKPOINTS' | 'DELETE_ON_CANCELLATION' | 'RETAIN_ON_CANCELLATION'
>('execution.checkpointing.externalized-checkpoint-retention', 'NO_EXTERNALIZED_CHECKPOINTS', {
  oneOf: ['NO_EXTERNALIZED_CHECKPOINTS', 'DELETE_ON_CANCELLATION', 'RETAIN_ON_CANCELLATION'],
  description: 'What becomes of the last checkpoint when the job ends.',
});
export const CHECKPOINT_DIR = stringOption('execution.checkpointing.dir', '', {
  aliases: ['state.checkpoints.dir'],
  description: 'Where checkpoints lie; empty = in the data directory.',
});
export const SAVEPOINT_DIR = stringOption('execution.checkpointing.savepoint-dir', '', {
  aliases: ['state.savepoints.dir'],
  description: 'Where savepoints lie unless the trigger says otherwise; empty = data directory.',
});
export const ALLOW_NON_RESTORED_STATE = booleanOption(
  'execution.state-recovery.ignore-unclaimed-state',
  false,
  { description: 'Start although the savepoint holds state of operators that are gone.' },
);

export const RESTART_STRATEGY = stringOption<
  '' | 'none' | 'fixed-delay' | 'failure-rate' | 'exponential-delay'
>('restart-strategy.type', '', {
  aliases: ['restart-strategy'],
  oneOf: ['', 'none', 'fixed-delay', 'failure-rate', 'exponential-delay'],
  description: 'Empty = exponential-delay with checkpoints, none without.',
});
export const FIXED_DELAY_ATTEMPTS = integerOption('restart-strategy.fixed-delay.attempts', 1, {
  description: 'Restarts before the job fails.',
});
export const FIXED_DELAY_DELAY = durationOption('restart-strategy.fixed-delay.delay', 1000, {
  description: 'Wait before each restart.',
});
export const FAILURE_RATE_MAX = integerOption(
  'restart-strategy.failure-rate.max-failures-per-interval',
  1,
  { min: 1, description: 'Failures within the interval that still lead to a restart.' },
);
export const FAILURE_RATE_INTERVAL = durationOption(
  'restart-strategy.failure-rate.failure-rate-interval',
  60_000,
  { description: 'The interval over which failures are counted.' },
);
export const FAILURE_RATE_DELAY = durationOption('restart-strategy.failure-rate.delay', 1000, {
  description: 'Wait before each restart.',
});
export const EXPONENTIAL_INITIAL = durationOption(
  'restart-strategy.exponential-delay.initial-backoff',
  1000,
  { description: 'Wait before the first restart.' },
);
export const EXPONENTIAL_MAX = durationOption(
  'restart-strategy.exponential-delay.max-backoff',
  60_000,
  { description: 'Longest wait before a restart.' },
);
export const EXPONENTIAL_MULTIPLIER = numberOption(
  'restart-strategy.exponential-delay.backoff-multiplier',
  1.5,
  { description: 'Growth of the wait from one failure to the next.' },
);
export const EXPONENTIAL_RESET = durationOption(
  'restart-strategy.exponential-delay.reset-backoff-threshold',
  3_600_000,
  { description: 'Time without failure after which the wait starts over.' },
);
export const EXPONENTIAL_JITTER = numberOption(
  'restart-strategy.exponential-delay.jitter-factor',
  0.1,
  { description: 'Random share by which each wait is stretched or shortened.' },
);
export const EXPONENTIAL_ATTEMPTS = integerOption(
  'restart-strategy.exponential-delay.attempts-before-reset-backoff',
  Number.MAX_SAFE_INTEGER,
  { description: 'Restarts before the job fails, unless the wait was reset between.' },
);

export const TASK_CANCELLATION_TIMEOUT = durationOption('task.cancellation.timeout', 180_000, {
  description: 'How long a task may take to stop before its thread is terminated.',
});
export const HEARTBEAT_TIMEOUT = durationOption('heartbeat.timeout', 50_000, {
  description: 'A slot whose turn counter stands still for longer is profiled and terminated.',
});
export const BUFFER_TIMEOUT = durationOption('execution.buffer-timeout.interval', 5, {
  aliases: ['execution.buffer-timeout'],
  description: 'Longest time that a record waits in a batch that is not full.',
});
export const LATENCY_INTERVAL = durationOption('metrics.latency.interval', 0, {
  description: 'How often sources send latency markers through the job; 0 switches them off.',
});
export const LATENCY_HISTORY_SIZE = integerOption('metrics.latency.history-size', 128, {
  min: 1,
  description: 'Latest markers of a source from which an operator takes its latencies.',
});
export const SEGMENT_SIZE = integerOption('taskmanager.memory.segment-size', 32_768, {
  min: 4096,
  description: 'Bytes of a memory segment; smaller ones are chosen for wide exchanges.',
});
export const TASK_HEAP_SIZE = memoryOption('taskmanager.memory.task.heap.size', 0, {
  description: 'Heap of one slot; 0 leaves it to Node.',
});
export const ENDED_JOBS_MAX = integerOption('jobstore.max-capacity', 100, {
  min: 1,
  description: 'Ended jobs that the server remembers; the one that ended first is forgotten.',
});
export const HISTORY_QUOTA = memoryOption('history.quota', 2 * 1024 ** 3, {
  description: 'Disk for the history of all jobs of a server; the finest is forgotten first.',
});
export const STATE_BACKEND = stringOption<'hashmap'>('state.backend.type', 'hashmap', {
  aliases: ['state.backend'],
  oneOf: ['hashmap'],
  description: 'Where keyed state lives while the job runs.',
});
export const VERIFY = booleanOption('weir.verify', false, {
  description: 'Freeze emitted records and check every invariant; for tests.',
});
