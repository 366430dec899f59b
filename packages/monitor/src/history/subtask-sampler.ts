/**
 * Frames in, figures of every subtask out: each second, and the means of ten seconds and of a
 * minute, from the growth of counters between the first and the last frame of that time.
 *
 * Invariants: growth is only taken within one attempt; what is not known is NaN, never 0.
 */
import type { JobTopology } from '@weir/console-protocol';
import type { ProbeFrame, ProbeLayout } from '../cluster-probe.ts';
import { TIME_PARTS } from '../series-index.ts';
import { placesOf, SUBTASK_COLUMN, type VertexPlace } from './subtask-columns.ts';
import {
  type Addend,
  COUNTERS,
  RECORDS_IN,
  RECORDS_OUT,
  type SubtaskPositions,
  subtaskPositions,
} from './subtask-positions.ts';

/** Event times beyond this are "not begun" or "ended", not times. */
const EVENT_TIME_LIMIT = 2 ** 62;
const [RUNNING, QUEUED, EXTERNAL] = [0, 1, 2];
const BACKPRESSURED = 4;

/** A row of figures, placed as `placesOf` says. */
export interface SubtaskFigures {
  readonly stepMs: number;
  /** Of the first frame of its time. */
  readonly t: number;
  readonly values: Float64Array;
}

interface Sample {
  readonly t: number;
  readonly counters: Float64Array;
  readonly lags: Float64Array;
  readonly stateBytes: Float64Array;
  readonly pendingRecords: Float64Array;
}

/** What is merged over a longer time. */
interface Span {
  readonly stepMs: number;
  /** The last frame before it. */
  base: Sample | null;
  /** Time of its first frame. */
  first: number | null;
}

export class SubtaskSampler {
  readonly #topology: JobTopology;
  readonly #places: readonly VertexPlace[];
  readonly #width: number;
  readonly #spans: readonly Span[];
  #positions: SubtaskPositions | null = null;
  #layoutVersion = 0;
  #latest: Sample | null = null;

  /** @param steps in ms, longer than a second. */
  constructor(topology: JobTopology, steps: readonly number[]) {
    this.#topology = topology;
    this.#places = placesOf(topology.vertices);
    this.#width = this.#places.reduce((sum, { width }) => sum + width, 0);
    this.#spans = steps.map((stepMs) => ({ stepMs, base: null, first: null }));
  }

  setLayout(layout: ProbeLayout): void {
    // A task manager counts its layouts; one that begins again is another one.
    if (layout.version <= this.#layoutVersion) this.#forget();
    this.#layoutVersion = layout.version;
    this.#positions = subtaskPositions(this.#topology, layout);
  }

  /** The second before this frame first; null values before there are two frames. */
  add(frame: ProbeFrame): SubtaskFigures[] {
    const positions = this.#positions;
    const before = this.#latest;
    if (positions === null || frame.layoutVersion !== this.#layoutVersion) return [];
    if (before !== null && frame.atMs <= before.t) return [];
    const sample = sampleOf(positions, frame);
    const figures = [this.#figures(1000, sample.t, before, sample)];
    for (const span of this.#spans) {
      const slot = (t: number) => Math.floor(t / span.stepMs);
      if (before !== null && slot(before.t) !== slot(sample.t)) {
        if (span.first !== null && span.base !== null) {
          figures.push(this.#figures(span.stepMs, span.first, span.base, before));
        }
        span.base = before;
        span.first = sample.t;
      } else if (before === null) {
        span.base = sample;
        span.first = sample.t;
      }
    }
    this.#latest = sample;
    return figures;
  }

  #forget(): void {
    this.#latest = null;
    for (const span of this.#spans) {
      span.base = null;
      span.first = null;
    }
  }

  #figures(stepMs: number, t: number, before: Sample | null, after: Sample): SubtaskFigures {
    const values = new Float64Array(this.#width).fill(Number.NaN);
    let subtask = 0;
    for (const { at, parallelism } of this.#places) {
      for (let i = 0; i < parallelism; i++) {
        writeFigures(values, at + i, parallelism, subtask++, before, after);
      }
    }
    return { stepMs, t, values };
  }
}

function writeFigures(
  values: Float64Array,
  at: number,
  stride: number,
  subtask: number,
  before: Sample | null,
  after: Sample,
): void {
  const put = (column: number, value: number) => {
    values[at + column * stride] = value;
  };
  put(SUBTASK_COLUMN.watermarkLag, after.lags[subtask]!);
  put(SUBTASK_COLUMN.stateBytes, after.stateBytes[subtask]!);
  put(SUBTASK_COLUMN.pendingRecords, after.pendingRecords[subtask]!);
  if (before === null || after.t <= before.t) return;
  const grown = (counter: number) => {
    const place = subtask * COUNTERS + counter;
    return Math.max(0, after.counters[place]! - before.counters[place]!);
  };
  const seconds = (after.t - before.t) / 1000;
  put(SUBTASK_COLUMN.recordsIn, grown(RECORDS_IN) / seconds);
  put(SUBTASK_COLUMN.recordsOut, grown(RECORDS_OUT) / seconds);
  let total = 0;
  for (let part = 0; part < TIME_PARTS.length; part++) total += grown(part);
  if (!(total > 0)) return;
  const [queued, external] = [grown(QUEUED!), grown(EXTERNAL!)];
  put(SUBTASK_COLUMN.busy, (grown(RUNNING!) + queued + external) / total);
  put(SUBTASK_COLUMN.queued, queued / total);
  put(SUBTASK_COLUMN.external, external / total);
  put(SUBTASK_COLUMN.backpressured, grown(BACKPRESSURED) / total);
}

function sampleOf(positions: SubtaskPositions, { atMs, values }: ProbeFrame): Sample {
  const { subtasks } = positions;
  const counters = new Float64Array(positions.counters.length);
  for (let i = 0; i < counters.length; i++) {
    counters[i] = values[positions.counters[i]!] ?? Number.NaN;
  }
  addUp(positions.recordsIn, values, counters, COUNTERS, RECORDS_IN);
  addUp(positions.recordsOut, values, counters, COUNTERS, RECORDS_OUT);
  const gauge = (addends: readonly Addend[]) => {
    const sums = new Float64Array(subtasks).fill(Number.NaN);
    addUp(addends, values, sums, 1, 0);
    return sums;
  };
  return {
    t: atMs,
    counters,
    lags: lagsOf(positions, values),
    stateBytes: gauge(positions.stateBytes),
    pendingRecords: gauge(positions.pendingRecords),
  };
}

/** Negative and NaN mean unknown. */
function addUp(
  addends: readonly Addend[],
  values: Float64Array,
  sums: Float64Array,
  stride: number,
  offset: number,
): void {
  for (const { position, subtask } of addends) {
    const value = values[position] ?? Number.NaN;
    if (!(value >= 0)) continue;
    const at = subtask * stride + offset;
    sums[at] = Number.isNaN(sums[at]!) ? value : sums[at]! + value;
  }
}

function lagsOf({ watermarks, sourceWatermarks }: SubtaskPositions, values: Float64Array) {
  let newest = Number.NEGATIVE_INFINITY;
  for (const position of sourceWatermarks) {
    const time = values[position] ?? Number.NaN;
    if (Math.abs(time) < EVENT_TIME_LIMIT && time > newest) newest = time;
  }
  return Float64Array.from(watermarks, (position) => {
    const watermark = values[position] ?? Number.NaN;
    if (!(Math.abs(watermark) < EVENT_TIME_LIMIT) || newest === Number.NEGATIVE_INFINITY) {
      return Number.NaN;
    }
    return Math.max(0, newest - watermark);
  });
}
