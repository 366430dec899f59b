/**
 * Three million flights in the order in which they landed, from a file that is sorted by departure.
 *
 * A flight lands half an hour and one minute per 8 miles after it left (all integers, no rounding);
 * ties go by row. The file is never sorted as a whole: some rows at a time are sorted together
 * with those still in the air, and whoever lands before anyone who has not left yet could is next.
 *
 * Invariants: blocks continue each other without a gap; starting at event n gives exactly the
 * events from n on, because it starts where everything before n is known to have landed.
 */
import type { RecordedBlock, Recording, RecordingReader } from '@weir/connector-files';
import { InvariantError } from '@weir/core';
import { type ParquetColumn, ParquetFile } from '@weir/formats';
import type { Flight } from './flight.ts';

const BASE_FLIGHT_MS = 30 * 60_000;
const MS_PER_MILE = 7_500;
const COLUMNS = ['date', 'delay', 'distance', 'origin', 'destination'] as const;
const ROWS_AT_ONCE = 16_384;

/**
 * A landing is one number: half-seconds since the file's epoch in front, the row behind. Sorting
 * numbers sorts landings with ties by row, and 2^25 half-seconds times 2^22 rows are exact.
 */
const EPOCH_MS = Date.UTC(2001, 0, 1);
const TICK_MS = 500;
const ROWS_MAX = 2 ** 22;

interface RowGroup {
  readonly firstRow: number;
  readonly rows: number;
  readonly date: Float64Array;
  readonly delay: Float64Array;
  readonly distance: Float64Array;
  readonly origin: readonly string[];
  readonly destination: readonly string[];
}

export class FlightRecording implements Recording<Flight> {
  readonly #path: string;
  /** Known once the file was opened. */
  count: number | null = null;

  constructor(path: string) {
    this.#path = path;
  }

  async open(fromIndex: number): Promise<RecordingReader<Flight>> {
    const file = await ParquetFile.open(this.#path);
    this.count = file.rowCount;
    const reader = new FlightReader(file, fromIndex);
    await reader.position();
    return reader;
  }
}

class FlightReader implements RecordingReader<Flight> {
  readonly #file: ParquetFile;
  /** Events before this one are left out. */
  readonly #fromIndex: number;
  #previous: RowGroup | null = null;
  #current: RowGroup | null = null;
  #nextGroup: number;
  /** Rows of the current group that have left. */
  #left = 0;
  /** Landings of flights that are in the air, in order. */
  #inTheAir = new Float64Array(0);
  /** Flights that have landed. */
  #landed = 0;

  constructor(file: ParquetFile, fromIndex: number) {
    this.#file = file;
    this.#fromIndex = fromIndex;
    // At most as many flights have landed as have left: event n lies in row n's group or later.
    const group = file.rowGroups.findLast(({ firstRow }) => firstRow <= fromIndex);
    this.#nextGroup = group?.index ?? 0;
  }

  /** Finds out who was in the air when the first group to be read began. */
  async position(): Promise<void> {
    if (this.#nextGroup === 0) return;
    const before = await this.#read(this.#nextGroup - 1);
    const soonestMs = before.date[before.rows - 1]! + BASE_FLIGHT_MS;
    // Nobody stays up for as long as a group lasts: more than two weeks.
    const landings = landingsOf(before, 0, before.rows);
    this.#inTheAir = landings.filter((landing) => landingMs(landing) >= soonestMs).sort();
    this.#landed = before.firstRow + before.rows - this.#inTheAir.length;
    this.#current = before;
    this.#left = before.rows;
  }

  async next(): Promise<RecordedBlock<Flight> | null> {
    for (;;) {
      const group = await this.#groupWithRows();
      const landed = group === null ? this.#landRest() : this.#landSome(group);
      if (landed.length === 0 && group === null) return null;
      const firstIndex = this.#landed;
      this.#landed += landed.length;
      const skipped = Math.max(0, this.#fromIndex - firstIndex);
      if (skipped >= landed.length) continue;
      return this.#block(firstIndex + skipped, landed.subarray(skipped));
    }
  }

  async close(): Promise<void> {
    await this.#file.close();
  }

  async #groupWithRows(): Promise<RowGroup | null> {
    if (this.#current !== null && this.#left < this.#current.rows) return this.#current;
    if (this.#nextGroup >= this.#file.rowGroups.length) return null;
    this.#previous = this.#current;
    this.#current = await this.#read(this.#nextGroup++);
    this.#left = 0;
    return this.#current;
  }

  /** Lets some more leave, and whoever lands before all that have not left yet can, land. */
  #landSome(group: RowGroup): Float64Array {
    const end = Math.min(this.#left + ROWS_AT_ONCE, group.rows);
    const leaving = landingsOf(group, this.#left, end);
    const all = new Float64Array(this.#inTheAir.length + leaving.length);
    all.set(this.#inTheAir);
    all.set(leaving, this.#inTheAir.length);
    all.sort();
    this.#left = end;
    const soonestMs = group.date[end - 1]! + BASE_FLIGHT_MS;
    const landed = firstFrom(all, soonestMs);
    this.#inTheAir = all.slice(landed);
    return all.subarray(0, landed);
  }

  #landRest(): Float64Array {
    const rest = this.#inTheAir;
    this.#inTheAir = new Float64Array(0);
    return rest;
  }

  #block(firstIndex: number, landings: Float64Array): RecordedBlock<Flight> {
    const current = this.#current as RowGroup;
    const previous = this.#previous;
    return {
      firstIndex,
      times: landings.map(landingMs),
      event(i) {
        const id = landings[i]! % ROWS_MAX;
        const group = id >= current.firstRow ? current : previous;
        if (group === null) throw new InvariantError('a flight from an unread group', { id });
        return flightAt(group, id);
      },
    };
  }

  async #read(index: number): Promise<RowGroup> {
    const columns = await this.#file.readRowGroup(index, COLUMNS);
    const [date, delay, distance, origin, destination] = columns;
    const { firstRow, rows } = this.#file.rowGroups[index]!;
    return {
      firstRow,
      rows,
      date: numbers(date),
      delay: numbers(delay),
      distance: numbers(distance),
      origin: texts(origin),
      destination: texts(destination),
    };
  }
}

function landingsOf(group: RowGroup, from: number, to: number): Float64Array {
  const landings = new Float64Array(to - from);
  for (let row = from; row < to; row++) {
    const landsMs = group.date[row]! + BASE_FLIGHT_MS + group.distance[row]! * MS_PER_MILE;
    landings[row - from] = ((landsMs - EPOCH_MS) / TICK_MS) * ROWS_MAX + group.firstRow + row;
  }
  return landings;
}

function landingMs(landing: number): number {
  return Math.floor(landing / ROWS_MAX) * TICK_MS + EPOCH_MS;
}

/** Index of the first landing at or after `timeMs`, by binary search. */
function firstFrom(landings: Float64Array, timeMs: number): number {
  let low = 0;
  let high = landings.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (landingMs(landings[middle]!) < timeMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

function flightAt(group: RowGroup, id: number): Flight {
  const row = id - group.firstRow;
  return {
    id,
    dateMs: group.date[row]!,
    delay: group.delay[row]!,
    distance: group.distance[row]!,
    origin: group.origin[row]!,
    destination: group.destination[row]!,
  };
}

function numbers(column: ParquetColumn | undefined): Float64Array {
  if (column?.values instanceof Float64Array) return column.values;
  throw new InvariantError('a column of the flights is not numeric', { type: column?.type ?? '' });
}

function texts(column: ParquetColumn | undefined): readonly string[] {
  if (column?.type === 'string') return column.values as readonly string[];
  throw new InvariantError('a column of the flights is no text', { type: column?.type ?? '' });
}
