/**
 * Everything that a seed decides before anything runs: the job's shape, its data, how the machine
 * behaves, and what goes wrong. Small numbers throughout, so that a seed takes milliseconds.
 */
import type { SeededRandom } from '../seeded-random.ts';

export interface Scenario {
  readonly data: DataShape;
  readonly job: JobShape;
  readonly machine: MachineShape;
  readonly faults: FaultShape;
}

export interface DataShape {
  /** Records per split; splits of the first source, then of the second. */
  readonly splits: readonly (readonly number[])[];
  readonly keys: number;
  /** 1 = all keys alike, larger = the first ones get more. */
  readonly skew: number;
  readonly stepMs: number;
  readonly outOfOrderMs: number;
  readonly watermarkEveryRecords: number;
  /** Characters that records carry along, so that they fill segments. */
  readonly textLengthMax: number;
  /** Every so many records one that no segment holds; 0 = none. */
  readonly oversizeEvery: number;
  /** Per split, over all sources: when it comes to exist, virtual ms; 0 = from the start. */
  readonly appearsMs: readonly number[];
  /** How often sources look for splits that have come to exist; null = only at the start. */
  readonly discoveryIntervalMs: number | null;
  /** Records per poll, and the wait between polls. */
  readonly pollRows: number;
  readonly pollPauseMs: number;
}

export interface JobShape {
  /** Per phase: the job is stopped and started again between them. */
  readonly parallelism: readonly number[];
  readonly mode: 'EXACTLY_ONCE' | 'AT_LEAST_ONCE';
  /** How a phase ends; the last one by `ending`. */
  readonly transitions: readonly ('stop' | 'cancel')[];
  /**
   * The last phase reads to the end, or is drained: at any time, or once everything is counted.
   * Sources that look for new splits have no end of their own.
   */
  readonly ending: 'end of input' | 'drained early' | 'drained at the end';
  readonly maxParallelism: number;
  readonly rebalance: boolean;
  readonly async: 'none' | 'ordered' | 'unordered';
  readonly asyncCapacity: number;
  readonly sideOutput: boolean;
  readonly broadcast: boolean;
  /** Keyed counts cross another keyed exchange before their sink. */
  readonly secondKeyBy: boolean;
  readonly windowMs: number;
  /** Rows of a columnar stream beside the others; 0 = none. */
  readonly columnRows: number;
  /** Records held back in state until a processing-time timer fires; 0 = no such operator. */
  readonly holdMs: number;
  readonly chaining: boolean;
  /** Sinks get slots of their own. */
  readonly ownSinkSlots: boolean;
  readonly checkpointIntervalMs: number;
  readonly minPauseMs: number;
  readonly concurrentMax: number;
  readonly checkpointTimeoutMs: number;
  readonly restartDelayMs: number;
  readonly tolerableFailures: number;
  readonly retained: number;
  readonly bufferTimeoutMs: number;
}

export interface MachineShape {
  readonly segmentBytes: number;
  readonly messageLatencyMs: number;
  readonly storageLatencyMs: number;
  readonly outsideLatencyMs: number;
  /** Monotonic time that passes with each look at the clock, at most. */
  readonly lookMs: number;
  /** Virtual time that a turn takes, at most. */
  readonly stepMs: number;
  /** Atomic operations between two interleavings, on average; 0 = none. */
  readonly interleaveEvery: number;
}

export interface FaultShape {
  /** Virtual ms, relative, after which nothing goes wrong any more. */
  readonly untilMs: number;
  readonly taskManagerCrashes: number;
  readonly serverCrashes: number;
  readonly starvations: number;
  readonly savepoints: number;
  /** Probabilities per operation. */
  readonly storage: number;
  readonly record: number;
  readonly decline: number;
  readonly user: number;
  readonly commit: number;
  /** Of a crash right after a durable effect. */
  readonly crashAfterEffect: number;
}

const PHASES_MAX = 3;
/** Several blocks of the sequence source. */
const COLUMN_ROWS_MAX = 3000;

export function drawScenario(random: SeededRandom): Scenario {
  const data = drawData(random);
  return {
    data,
    job: drawJob(random, data),
    machine: drawMachine(random),
    faults: drawFaults(random),
  };
}

function drawData(random: SeededRandom): DataShape {
  const sources = random.below(3) === 0 ? 2 : 1;
  const splits = Array.from({ length: sources }, () =>
    Array.from({ length: 1 + random.below(4) }, () => 5 + random.below(40)),
  );
  const discovers = random.below(5) === 0;
  const appearsMs = splits.flat().map(() => (discovers ? random.pick([0, 0, 20, 80]) : 0));
  return {
    splits,
    appearsMs,
    discoveryIntervalMs: discovers ? random.pick([5, 20]) : null,
    keys: 1 + random.below(12),
    skew: random.pick([1, 1, 2, 5]),
    stepMs: 1 + random.below(10),
    outOfOrderMs: random.pick([0, 5, 30]),
    watermarkEveryRecords: random.pick([1, 3, 10]),
    textLengthMax: random.pick([0, 20, 200]),
    oversizeEvery: random.pick([0, 0, 17]),
    pollRows: random.pick([1, 3, 8]),
    pollPauseMs: random.pick([0, 2, 5, 10]),
  };
}

function drawJob(random: SeededRandom, data: DataShape): JobShape {
  const phases = random.below(3) === 0 ? 2 + random.below(PHASES_MAX - 1) : 1;
  return {
    parallelism: Array.from({ length: phases }, () => 1 + random.below(4)),
    mode: random.below(6) === 0 ? 'AT_LEAST_ONCE' : 'EXACTLY_ONCE',
    transitions: Array.from({ length: phases - 1 }, () =>
      random.below(4) === 0 ? 'cancel' : 'stop',
    ),
    ending: drawEnding(random, data),
    maxParallelism: random.pick([4, 8, 128]),
    rebalance: random.below(3) === 0,
    async: random.pick(['none', 'none', 'ordered', 'unordered']),
    asyncCapacity: random.pick([1, 2, 8]),
    sideOutput: random.below(2) === 0,
    broadcast: random.below(5) === 0,
    secondKeyBy: random.below(2) === 0,
    windowMs: random.pick([20, 50, 200]),
    columnRows: random.below(5) === 0 ? 1 + random.below(COLUMN_ROWS_MAX) : 0,
    holdMs: random.pick([0, 0, 2, 15]),
    chaining: random.below(3) > 0,
    ownSinkSlots: random.below(5) === 0,
    checkpointIntervalMs: random.pick([3, 8, 20, 50]),
    minPauseMs: random.pick([0, 0, 5]),
    concurrentMax: random.pick([1, 1, 2, 3]),
    checkpointTimeoutMs: random.pick([600_000, 600_000, 400]),
    restartDelayMs: random.pick([0, 1, 5]),
    tolerableFailures: random.pick([0, 3, 1000]),
    retained: random.pick([1, 1, 3]),
    bufferTimeoutMs: random.pick([0, 1, 5]),
  };
}

function drawEnding(random: SeededRandom, data: DataShape): JobShape['ending'] {
  if (data.discoveryIntervalMs !== null) return 'drained at the end';
  return random.below(5) === 0 ? 'drained early' : 'end of input';
}

function drawMachine(random: SeededRandom): MachineShape {
  return {
    segmentBytes: random.pick([1024, 1024, 2048, 8192]),
    messageLatencyMs: random.pick([0.1, 1, 5]),
    storageLatencyMs: random.pick([0.1, 1, 4]),
    outsideLatencyMs: random.pick([0.1, 1, 4]),
    lookMs: random.pick([0.05, 1, 8]),
    stepMs: random.pick([0.02, 0.2]),
    interleaveEvery: random.pick([0, 5, 20, 60, 200]),
  };
}

function drawFaults(random: SeededRandom): FaultShape {
  const calm = random.below(8) === 0;
  const rate = (rates: readonly number[]): number => (calm ? 0 : random.pick(rates));
  return {
    untilMs: 50 + random.below(250),
    taskManagerCrashes: rate([0, 1, 1, 3]),
    serverCrashes: rate([0, 0, 1, 2]),
    starvations: random.pick([0, 2, 6]),
    savepoints: random.pick([0, 0, 1, 3]),
    storage: rate([0, 0, 0.01, 0.05]),
    record: rate([0, 0, 0.05]),
    decline: rate([0, 0, 0.02]),
    user: rate([0, 0, 0.005]),
    commit: rate([0, 0, 0.1]),
    crashAfterEffect: rate([0, 0, 0.02, 0.1]),
  };
}
