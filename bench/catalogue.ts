/** All benchmarks: how much work each does, and what it is measured against. */

export interface Benchmark {
  readonly name: string;
  readonly title: string;
  /** Module in `jobs/`. */
  readonly job: string;
  /** Module in `baselines/`; null where nothing by hand compares. */
  readonly baseline: string | null;
  readonly by: string;
  /** What is measured: throughput, or times. */
  readonly unit: 'records' | 'ms';
  readonly records: number;
  readonly keys: number;
  /** Records in for each record that is counted at the sink. */
  readonly recordsPerResult: number;
  /**
   * Records per second, or their share of what the engine did in another benchmark; null = as fast
   * as it goes.
   */
  readonly pace: number | { readonly of: string; readonly share: number } | null;
  /** M records per second of CPU that a prototype made for this alone reaches; null = none. */
  readonly ceiling: number | null;
}

const DEFAULTS = {
  keys: 1000,
  recordsPerResult: 1,
  pace: null,
  ceiling: null,
  by: 'arrays of objects',
  unit: 'records',
} as const;
const MILLION = 1_000_000;

export const CATALOGUE: readonly Benchmark[] = [
  {
    ...DEFAULTS,
    name: 'stateless-chain',
    title: 'map → filter → map, objects',
    job: 'stateless-chain',
    baseline: 'stateless-chain',
    records: 20 * MILLION,
    recordsPerResult: 2,
    ceiling: 19,
  },
  {
    ...DEFAULTS,
    name: 'columnar-chain',
    title: 'filter → select, columns',
    job: 'columnar-chain',
    baseline: 'columnar-chain',
    records: 80 * MILLION,
    recordsPerResult: 2,
    ceiling: 16,
  },
  {
    ...DEFAULTS,
    name: 'keyed-sum-10k',
    title: 'keyBy → reduce, 10,000 keys, objects',
    job: 'keyed-sum',
    baseline: 'keyed-sum',
    by: 'Map',
    records: 10 * MILLION,
    keys: 10_000,
    ceiling: 8,
  },
  {
    ...DEFAULTS,
    name: 'keyed-sum-1m',
    title: 'keyBy → reduce, 1,000,000 keys, objects',
    job: 'keyed-sum',
    baseline: 'keyed-sum',
    by: 'Map',
    records: 8 * MILLION,
    keys: MILLION,
    ceiling: 1.5,
  },
  {
    ...DEFAULTS,
    name: 'keyed-sum-columns-10k',
    title: 'keyed sum, 10,000 string keys, columns',
    job: 'keyed-sum-columns',
    baseline: 'keyed-sum',
    by: 'Map of objects',
    records: 20 * MILLION,
    keys: 10_000,
    ceiling: 12,
  },
  {
    ...DEFAULTS,
    name: 'keyed-sum-columns-1m',
    title: 'keyed sum, 1,000,000 string keys, columns',
    job: 'keyed-sum-columns',
    baseline: 'keyed-sum',
    by: 'Map of objects',
    records: 15 * MILLION,
    keys: MILLION,
    ceiling: 5,
  },
  {
    ...DEFAULTS,
    name: 'window-10k',
    title: 'tumbling window, 10,000 keys, objects',
    job: 'window',
    baseline: 'window',
    by: 'Map of Maps',
    records: 6 * MILLION,
    keys: 10_000,
    recordsPerResult: 10,
    ceiling: 4.3,
  },
  {
    ...DEFAULTS,
    name: 'window-1m',
    title: 'tumbling window, 1,000,000 keys, objects',
    job: 'window',
    baseline: 'window',
    by: 'Map of Maps',
    records: 8 * MILLION,
    keys: MILLION,
    recordsPerResult: 2,
    ceiling: 1.2,
  },
  {
    ...DEFAULTS,
    name: 'exchange',
    title: 'objects from one slot to another',
    job: 'exchange',
    baseline: 'exchange',
    by: 'postMessage',
    records: 10 * MILLION,
    ceiling: 6.9,
  },
  {
    ...DEFAULTS,
    name: 'checkpoint-pause',
    unit: 'ms',
    title: 'longest pause, checkpoints of 1,000,000 keys',
    job: 'checkpoint-pause',
    baseline: 'checkpoint-pause',
    by: 'JSON of a Map',
    records: 10 * MILLION,
    keys: MILLION,
  },
  {
    ...DEFAULTS,
    name: 'latency',
    unit: 'ms',
    title: 'latency between two slots at half load',
    job: 'latency',
    baseline: 'latency',
    by: 'postMessage every 5 ms',
    records: 0,
    pace: { of: 'exchange', share: 0.5 },
  },
  {
    ...DEFAULTS,
    name: 'latency-light',
    unit: 'ms',
    title: 'latency between two slots at 100,000 records/s',
    job: 'latency',
    baseline: 'latency',
    by: 'postMessage every 5 ms',
    records: 0,
    pace: 100_000,
  },
  {
    ...DEFAULTS,
    name: 'start',
    unit: 'ms',
    title: '`weir run` until its first record',
    job: 'first-record',
    baseline: null,
    by: '',
    records: 3,
  },
];
