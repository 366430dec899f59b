/**
 * Steady traffic for the Kafka examples, as pure steps: what is produced in one tenth of a second.
 * A source of chance comes in, so that a test gets the same steps again.
 */
export interface TrafficRecord {
  readonly topic: string;
  /** Null = by the key. */
  readonly partition: number | null;
  readonly key: string;
  readonly value: string;
  /** Epoch ms, the record's own. */
  readonly timestampMs: number;
}

export interface TrafficTopic {
  readonly name: string;
  readonly partitions: number;
}

export interface Traffic {
  readonly topics: readonly TrafficTopic[];
  /** Records of the step that begins at `nowMs`. */
  step(nowMs: number, random: () => number): readonly TrafficRecord[];
}

export const STEP_MS = 100;

/** Every minute for some seconds: far more than a job gets through, so that lag grows and drains. */
const BURST_EVERY_MS = 60_000;
const BURST_MS = 8000;
const BURST_FACTOR = 12;

/** A rate that is mostly flat, with a burst each minute. Records in one step. */
export function recordsInStep(perSecond: number, nowMs: number, random: () => number): number {
  const factor = nowMs % BURST_EVERY_MS < BURST_MS ? BURST_FACTOR : 1;
  const expected = (perSecond * factor * STEP_MS) / 1000;
  const whole = Math.floor(expected);
  return whole + (random() < expected - whole ? 1 : 0);
}

/** One partition falls silent for the second half of every two minutes. */
const SILENCE_EVERY_MS = 120_000;

export function isSilent(partition: number, partitions: number, nowMs: number): boolean {
  return partition === partitions - 1 && nowMs % SILENCE_EVERY_MS >= SILENCE_EVERY_MS / 2;
}
