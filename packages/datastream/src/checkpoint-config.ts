/** What Flink's CheckpointConfig sets, written into the job's configuration. */
import {
  CHECKPOINT_DIR,
  CHECKPOINT_INTERVAL,
  CHECKPOINT_MAX_CONCURRENT,
  CHECKPOINT_MIN_PAUSE,
  CHECKPOINT_MODE,
  CHECKPOINT_RETENTION,
  CHECKPOINT_TIMEOUT,
  CHECKPOINT_TOLERABLE_FAILED,
  type ConfigOption,
  type Configuration,
  type DurationLike,
  toMs,
  WeirError,
} from '@weir/core';

export const CheckpointingMode = {
  EXACTLY_ONCE: 'EXACTLY_ONCE',
  AT_LEAST_ONCE: 'AT_LEAST_ONCE',
} as const;
export type CheckpointingMode = keyof typeof CheckpointingMode;

export const ExternalizedCheckpointRetention = {
  NO_EXTERNALIZED_CHECKPOINTS: 'NO_EXTERNALIZED_CHECKPOINTS',
  DELETE_ON_CANCELLATION: 'DELETE_ON_CANCELLATION',
  RETAIN_ON_CANCELLATION: 'RETAIN_ON_CANCELLATION',
} as const;
export type ExternalizedCheckpointRetention = keyof typeof ExternalizedCheckpointRetention;

/**
 * @example
 * env.enableCheckpointing(60_000, CheckpointingMode.EXACTLY_ONCE);
 * const config = env.getCheckpointConfig();
 * config.setMinPauseBetweenCheckpoints(30_000);
 * config.setTolerableCheckpointFailureNumber(3);
 */
export class CheckpointConfig {
  readonly #configuration: Configuration;

  constructor(configuration: Configuration) {
    this.#configuration = configuration;
  }

  setCheckpointInterval(interval: DurationLike): void {
    this.#setMs(CHECKPOINT_INTERVAL, interval, 1);
  }

  getCheckpointInterval(): number {
    return this.#configuration.get(CHECKPOINT_INTERVAL);
  }

  isCheckpointingEnabled(): boolean {
    return this.getCheckpointInterval() > 0;
  }

  setCheckpointingConsistencyMode(mode: CheckpointingMode): void {
    this.#configuration.set(CHECKPOINT_MODE, mode);
  }

  getCheckpointingConsistencyMode(): CheckpointingMode {
    return this.#configuration.get(CHECKPOINT_MODE);
  }

  /** A checkpoint that takes longer is given up. */
  setCheckpointTimeout(timeout: DurationLike): void {
    this.#setMs(CHECKPOINT_TIMEOUT, timeout, 1);
  }

  getCheckpointTimeout(): number {
    return this.#configuration.get(CHECKPOINT_TIMEOUT);
  }

  setMinPauseBetweenCheckpoints(pause: DurationLike): void {
    this.#setMs(CHECKPOINT_MIN_PAUSE, pause, 0);
  }

  getMinPauseBetweenCheckpoints(): number {
    return this.#configuration.get(CHECKPOINT_MIN_PAUSE);
  }

  setMaxConcurrentCheckpoints(count: number): void {
    this.#setCount(CHECKPOINT_MAX_CONCURRENT, count, 1);
  }

  getMaxConcurrentCheckpoints(): number {
    return this.#configuration.get(CHECKPOINT_MAX_CONCURRENT);
  }

  /** Consecutive failed checkpoints that do not fail the job. */
  setTolerableCheckpointFailureNumber(count: number): void {
    this.#setCount(CHECKPOINT_TOLERABLE_FAILED, count, 0);
  }

  getTolerableCheckpointFailureNumber(): number {
    return this.#configuration.get(CHECKPOINT_TOLERABLE_FAILED);
  }

  /** What becomes of the last checkpoint when the job is cancelled. */
  setExternalizedCheckpointRetention(retention: ExternalizedCheckpointRetention): void {
    this.#configuration.set(CHECKPOINT_RETENTION, retention);
  }

  getExternalizedCheckpointRetention(): ExternalizedCheckpointRetention {
    return this.#configuration.get(CHECKPOINT_RETENTION);
  }

  /** Folder in which the job's checkpoints lie instead of the server's data directory. */
  setCheckpointStorage(folder: string): void {
    this.#configuration.set(CHECKPOINT_DIR, folder);
  }

  #setMs(option: ConfigOption<number>, value: DurationLike, least: number): void {
    const ms = toMs(value);
    if (!(ms >= least)) throw misfit(option.key, `${least} ms or more`, ms);
    this.#configuration.setText(option.key, `${ms} ms`);
  }

  #setCount(option: ConfigOption<number>, value: number, least: number): void {
    if (!(Number.isInteger(value) && value >= least)) {
      throw misfit(option.key, `an integer from ${least}`, value);
    }
    this.#configuration.set(option, value);
  }
}

function misfit(key: string, expected: string, value: number): WeirError {
  return new WeirError('ARGUMENT_INVALID', `${key} is ${expected}, not ${value}`);
}
