/** What jobs and baselines are told on their command lines. */
export interface Parameters {
  /** Where the measurement goes. */
  readonly file: string;
  readonly records: number;
  readonly keys: number;
  /** Records per second of real time; 0 = as fast as it goes. */
  readonly pace: number;
}

/** Event time runs so fast that a window of one second holds so many records. */
export const RECORDS_PER_WINDOW_MIN = 100_000;

export function parametersOf(args: readonly string[]): Parameters {
  const [file = '', records = '0', keys = '0', pace = '0'] = args;
  return { file, records: Number(records), keys: Number(keys), pace: Number(pace) };
}

export function argumentsOf({ file, records, keys, pace }: Parameters): readonly string[] {
  return [file, String(records), String(keys), String(pace)];
}

/** At least one record per key and window, so that each window gives one result per key. */
export function recordsPerWindow(keys: number): number {
  return Math.max(RECORDS_PER_WINDOW_MIN, 2 * keys);
}
