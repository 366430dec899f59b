/** What may stand after `--` on the command line of the flights job. */
import { parseArgs } from 'node:util';
import { Duration, WeirError } from '@weir/core';

export interface FlightOptions {
  /** Recorded time over wall-clock time. */
  readonly speed: number | 'max';
  /** One round of the recording, then the job ends. */
  readonly once: boolean;
  /** How much later than others a flight may be heard of, ms. */
  readonly boundMs: number;
  /** Arrivals per round. */
  readonly limit: number | null;
  readonly out: string;
  readonly perRecordWatermarks: boolean;
  /** Flights per subtask that wait for the database. */
  readonly lookupCapacity: number;
  /** Flights per query. */
  readonly lookupBatch: number;
  /** What the network to the database adds to each answer, ms. */
  readonly databaseLatencyMs: number;
  /** Upper limit of the source's parallelism. */
  readonly splits: number;
}

/** A recorded day takes a minute. */
const DEFAULT_SPEED = 1440;

/**
 * By day 1100 flights land in an hour, by night 110: at the default speed 440 and 44 a second. Two
 * subtasks with 6 flights a query and 32 ms a query, its own 2 ms included, get through 375, and
 * since most of that is distance, on a busy or slow machine nearly as many. So the job falls behind
 * by day and catches up at night, wherever it runs.
 */
const DATABASE_LATENCY = '30ms';
const LOOKUP_BATCH = 6;
/** At full speed the database must not be all that one measures. */
const LOOKUP_BATCH_AT_FULL_SPEED = 256;

const USAGE =
  'options: --speed N|max  --once  --bound 30m|2h  --limit N  --out DIR  ' +
  '--per-record-watermarks  --lookup-capacity N  --lookup-batch N  --database-latency 30ms  ' +
  '--splits N';

/** @throws WeirError ARGUMENT_INVALID with the options there are. */
export function flightOptions(args: readonly string[]): FlightOptions {
  const values = parse(args);
  const speed = values.speed === 'max' ? 'max' : positive('speed', values.speed, DEFAULT_SPEED);
  const isPaced = speed !== 'max';
  const batch = isPaced ? LOOKUP_BATCH : LOOKUP_BATCH_AT_FULL_SPEED;
  const lookupBatch = whole('lookup-batch', values['lookup-batch'], batch);
  const latency = values['database-latency'] ?? (isPaced ? DATABASE_LATENCY : '0');
  return {
    speed,
    once: values.once ?? false,
    boundMs: Duration.parse(values.bound ?? '2h').ms,
    limit: values.limit === undefined ? null : whole('limit', values.limit, 1),
    out: values.out ?? 'out/flights',
    perRecordWatermarks: values['per-record-watermarks'] ?? false,
    lookupCapacity: whole('lookup-capacity', values['lookup-capacity'], lookupBatch * 4),
    lookupBatch,
    databaseLatencyMs: Duration.parse(latency).ms,
    splits: whole('splits', values.splits, 4),
  };
}

function parse(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        speed: { type: 'string' },
        once: { type: 'boolean' },
        bound: { type: 'string' },
        limit: { type: 'string' },
        out: { type: 'string' },
        'per-record-watermarks': { type: 'boolean' },
        'lookup-capacity': { type: 'string' },
        'lookup-batch': { type: 'string' },
        'database-latency': { type: 'string' },
        splits: { type: 'string' },
      },
    });
    return values;
  } catch (cause) {
    throw new WeirError('ARGUMENT_INVALID', `${(cause as Error).message}\n${USAGE}`, { cause });
  }
}

function positive(name: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  const value = Number(text);
  if (value > 0 && Number.isFinite(value)) return value;
  throw new WeirError('ARGUMENT_INVALID', `--${name} ${text}: expected a number above 0\n${USAGE}`);
}

function whole(name: string, text: string | undefined, otherwise: number): number {
  const value = positive(name, text, otherwise);
  if (Number.isInteger(value)) return value;
  throw new WeirError('ARGUMENT_INVALID', `--${name} ${text}: expected a whole number\n${USAGE}`);
}
