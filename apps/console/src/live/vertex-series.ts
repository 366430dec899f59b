/**
 * The past of all vertices of a job in one ring: a row a tick, in it one column after the other, each
 * by vertex. Rows of a wide job are farther apart, so that it is remembered as long as a small one
 * in bounded memory. Fed by the job store; read through the `Series` of a vertex.
 */
import type { JobTick, VertexField } from '@weir/console-protocol';
import { SECOND_MS } from '../model/time/tick-step.ts';
import { lagsOf } from '../model/watermarks/vertex-lag.ts';
import { Series } from './series.ts';
import { SeriesRing } from './series-ring.ts';

/** Columns of a vertex. Ratios 0…1, lag and calls in ms, rates per second. */
export const VERTEX_COLUMNS = {
  busy: 0,
  backpressured: 1,
  idle: 2,
  recordsIn: 3,
  recordsOut: 4,
  watermarkLag: 5,
  asyncInFlight: 6,
  stateBytes: 7,
  lateRecords: 8,
  callP50Ms: 9,
  callP99Ms: 10,
} as const;

type Column = keyof typeof VERTEX_COLUMNS;
const COLUMNS = Object.keys(VERTEX_COLUMNS) as readonly Column[];

/** Vertices × rows: 14 MB. */
const VERTEX_ROWS_MAX = 400_000;
const ROWS_MIN = 60;

/** Writes one figure of every vertex, in their order; NaN where unknown. */
type ReadColumn = (field: VertexField, into: Float64Array) => void;

export class VertexSeries {
  readonly #places: ReadonlyMap<string, number>;
  readonly #ring: SeriesRing;
  readonly #row: Float64Array;
  readonly #columns: readonly Float64Array[];
  readonly #paceMs: number;

  /** @param rows how many ticks there should be room for. */
  constructor(vertexIds: readonly string[], rows: number) {
    const count = vertexIds.length;
    this.#places = new Map(vertexIds.map((id, at) => [id, at]));
    const most = Math.floor(VERTEX_ROWS_MAX / Math.max(1, count));
    const limit = Math.min(rows, Math.max(ROWS_MIN, most));
    this.#paceMs = Math.ceil(rows / limit) * SECOND_MS;
    this.#ring = new SeriesRing(COLUMNS.length * count, limit);
    this.#row = new Float64Array(COLUMNS.length * count);
    this.#columns = COLUMNS.map((_, at) => this.#row.subarray(at * count, (at + 1) * count));
  }

  /** @param step what the tick stands for, ms. */
  push(tick: JobTick, read: ReadColumn, step: number): void {
    const last = this.#ring.lastTime();
    if (step < this.#paceMs && last !== null && tick.t - last < this.#paceMs - SECOND_MS / 2) {
      return;
    }
    for (const [at, column] of COLUMNS.entries()) {
      const into = this.#columns[at]!;
      if (column === 'watermarkLag') {
        read('watermark', into);
        lagsOf(tick, into);
      } else read(column, into);
    }
    this.#ring.push(tick.t, this.#row, Math.max(step, this.#paceMs));
  }

  of(vertexId: string): Series | null {
    const place = this.#places.get(vertexId);
    if (place === undefined || this.#ring.length === 0) return null;
    return new OneVertex(this.#ring, place, this.#places.size);
  }
}

class OneVertex extends Series {
  readonly #ring: SeriesRing;
  readonly #place: number;
  readonly #count: number;

  constructor(ring: SeriesRing, place: number, count: number) {
    super();
    this.#ring = ring;
    this.#place = place;
    this.#count = count;
  }

  get columns(): number {
    return COLUMNS.length;
  }

  get length(): number {
    return this.#ring.length;
  }

  time(index: number): number {
    return this.#ring.time(index);
  }

  value(index: number, column: number): number {
    return this.#ring.value(index, column * this.#count + this.#place);
  }

  until(t: number): Series {
    return this.#ring.part(t, this.#place, COLUMNS.length, this.#count);
  }
}
