/** What jobs and baselines are told on their command lines. */
export interface Parameters {
  /** Where the measurement goes. */
  readonly file: string;
  readonly records: number;
  readonly keys: number;
  /** Records per second of real time; 0 = as fast as it goes. */
  readonly pace: number;
  /** Kafka's addresses; empty where none is needed. */
  readonly servers?: string;
  readonly format?: 'raw' | 'json';
  /** What tells topics of the same use apart; empty where none is needed. */
  readonly topic?: string;
}

/** Event time runs so fast that a window of one second holds so many records. */
export const RECORDS_PER_WINDOW_MIN = 100_000;

export function parametersOf(args: readonly string[]): Required<Parameters> {
  const [file = '', records = '0', keys = '0', pace = '0', servers = '', format, topic = ''] = args;
  const numbers = { records: Number(records), keys: Number(keys), pace: Number(pace) };
  return { file, ...numbers, servers, format: format === 'json' ? 'json' : 'raw', topic };
}

export function argumentsOf(parameters: Parameters): readonly string[] {
  const { file, records, keys, pace, servers = '', format = 'raw', topic = '' } = parameters;
  return [file, String(records), String(keys), String(pace), servers, format, topic];
}

/** At least one record per key and window, so that each window gives one result per key. */
export function recordsPerWindow(keys: number): number {
  return Math.max(RECORDS_PER_WINDOW_MIN, 2 * keys);
}
