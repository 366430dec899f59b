/**
 * The raw form in which a TaskManager sends its metrics: a layout that says once what each position
 * means, then one flat frame a second. The shapes are those of the runtime's protocol, which this
 * package stands below.
 */
export interface Series {
  readonly vertexId: string;
  readonly subtask: number;
  /** Null for a task's own metrics. */
  readonly operatorId: string | null;
  readonly operatorName: string | null;
  readonly name: string;
  /** Counters only grow, within an attempt. */
  readonly kind: 'counter' | 'gauge';
}

export interface SeriesLayout {
  readonly version: number;
  readonly series: readonly Series[];
}

export interface SeriesFrame {
  readonly layoutVersion: number;
  readonly atMs: number;
  readonly values: Float64Array;
  readonly process: ProcessFigures;
}

export interface ProcessFigures {
  readonly rssBytes: number;
  readonly cpuMs: number;
  readonly segmentBytes: number;
  readonly segmentBytesUsed: number;
  readonly threads: readonly ThreadFigures[];
}

export interface ThreadFigures {
  /** -1 = the main thread, else the slot. */
  readonly slot: number;
  readonly heapUsedBytes: number;
  readonly heapLimitBytes: number;
  readonly gcMs: number;
  readonly cpuMs: number;
  readonly eventLoopDelayMs: number;
}

/** Flink joins scopes with dots, so a name's own dots, spaces, colons and commas become `_`. */
export function scopeName(name: string): string {
  return name.replace(/[ .:,]/g, '_');
}

const LONG_LIMIT = 2 ** 63;

/** A value as Flink's REST API writes it: longs without exponent, doubles as they are. */
export function metricText(value: number | boolean | string): string {
  if (typeof value !== 'number') return String(value);
  if (!Number.isInteger(value)) return String(value);
  if (value >= LONG_LIMIT) return '9223372036854775807';
  return Number.isSafeInteger(value) ? String(value) : BigInt(value).toString();
}
