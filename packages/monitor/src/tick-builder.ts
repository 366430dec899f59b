/**
 * One job's frames in, one tick a frame out: what moved in the second between two frames.
 *
 * Called by the monitor for each event of a probe, in order. Invariants: a delta is only taken
 * between two frames of one layout; what is not known is null, never 0; the parts of each
 * subtask's second add up to 1, although a task books a step's time only at its end.
 */
import type {
  EdgeTick,
  JobState,
  JobTick,
  JobTopology,
  OperatorTick,
  VertexTick,
} from '@weir/console-protocol';
import type { ProbeFrame, ProbeLayout, TaskCounts } from './cluster-probe.ts';
import {
  type EdgePositions,
  indexSeries,
  type OperatorPositions,
  type SeriesIndex,
  type SubtaskPositions,
  type VertexPositions,
} from './series-index.ts';

/** Event times beyond this are "not begun" or "ended", not times. */
const EVENT_TIME_LIMIT = 2 ** 62;

interface Split {
  readonly running: number;
  readonly queued: number;
  readonly external: number;
  readonly idle: number;
  readonly backpressured: number;
}

export class TickBuilder {
  readonly #topology: JobTopology;
  readonly #hasOutput: ReadonlySet<string>;
  #layout: ProbeLayout | null = null;
  #index: SeriesIndex | null = null;
  #before: ProbeFrame | null = null;

  constructor(topology: JobTopology) {
    this.#topology = topology;
    this.#hasOutput = new Set(topology.edges.map((edge) => edge.source));
  }

  /** Null before the first layout. */
  get index(): SeriesIndex | null {
    return this.#index;
  }

  /** True when it holds the one before at the same positions. */
  setLayout(layout: ProbeLayout): boolean {
    const before = this.#layout;
    const grew = before !== null && layout.version > before.version && extended(before, layout);
    this.#layout = layout;
    this.#index = indexSeries(this.#topology, layout);
    if (!grew) this.#before = null;
    return grew;
  }

  /** Null when the frame belongs to no known layout. The first frame has totals, but no rates. */
  tick(frame: ProbeFrame, state: JobState, tasks: TaskCounts): JobTick | null {
    const index = this.#index;
    if (index === null || frame.layoutVersion !== index.version) return null;
    const before = this.#before;
    if (before !== null && frame.atMs <= before.atMs) return null;
    this.#before = frame;
    const change = new FrameChange(frame, before);
    const vertices = this.#vertices(index, change, tasks);
    const edges = this.#topology.edges.map((edge, position) =>
      edgeTick(edge.index, index.edges[position]!, change),
    );
    return { t: frame.atMs, state, ...this.#totals(index, change, vertices), vertices, edges };
  }

  /** A tick for a job that sends no frames: nothing is known but its state. */
  silent(t: number, state: JobState, tasks: TaskCounts): JobTick {
    this.#before = null;
    const nothing = new FrameChange(
      { layoutVersion: 0, atMs: t, values: new Float64Array() },
      null,
    );
    const empty = indexSeries(this.#topology, { version: 0, series: [] });
    const vertices = this.#vertices(empty, nothing, tasks);
    const edges = this.#topology.edges.map((edge, position) =>
      edgeTick(edge.index, empty.edges[position]!, nothing),
    );
    return { t, state, ...this.#totals(empty, nothing, vertices), vertices, edges };
  }

  #vertices(index: SeriesIndex, change: FrameChange, tasks: TaskCounts): VertexTick[] {
    const inputs = new Map<string, number[]>();
    this.#topology.edges.forEach((edge, position) => {
      const bytes = inputs.get(edge.target) ?? [];
      inputs.set(edge.target, bytes);
      bytes.push(...index.edges[position]!.bytes);
    });
    return this.#topology.vertices.map((vertex, position) => {
      const at = index.vertices[position]!;
      return this.#vertex(vertex, at, inputs.get(vertex.id) ?? [], change, tasks[vertex.id] ?? {});
    });
  }

  /** @param input positions of the bytes that came in, counted where they were sent. */
  #vertex(
    vertex: JobTopology['vertices'][number],
    at: VertexPositions,
    input: readonly number[],
    change: FrameChange,
    tasks: Readonly<Record<string, number>>,
  ): VertexTick {
    const sum = (pick: (subtask: SubtaskPositions) => number) =>
      change.rate(at.subtasks.map(pick), 1);
    const reads = at.sourceRecords.length > 0;
    const writes = at.sinkRecords.length > 0 && !this.#hasOutput.has(vertex.id);
    const capacity = change.total(at.asyncCapacity);
    const site = at.asyncCapacity.findIndex((position) => change.value(position) > 0);
    return {
      id: vertex.id,
      ...timeOf(at.subtasks, change),
      recordsIn: reads ? change.rate(at.sourceRecords, 1) : sum((one) => one.recordsIn),
      sinkRecords: at.sinkRecords.length === 0 ? null : change.rate(at.sinkRecords, 1),
      recordsOut: writes ? change.rate(at.sinkRecords, 1) : sum((one) => one.recordsOut),
      bytesIn: change.rate(input, 1) ?? sum((one) => one.bytesIn),
      bytesOut: sum((one) => one.bytesOut),
      watermark: lowest(at.subtasks.map((one) => change.value(one.watermark))),
      pendingRecords: change.known(at.pendingRecords, (values) => values.reduce(add, 0)),
      pendingMs: change.known(at.pendingMs, (values) => Math.max(...values)),
      lateRecords: change.total(at.lateRecords),
      stateBytes: change.total(at.stateBytes),
      asyncInFlight: capacity === null || capacity === 0 ? null : change.total(at.asyncInFlight),
      asyncCapacity: capacity === 0 ? null : capacity,
      callP50Ms: change.known(at.callP50Ms, longest),
      callP99Ms: change.known(at.callP99Ms, longest),
      callSite: site < 0 ? null : (at.callSites[site] ?? null),
      tasks: { ...tasks },
      ...(at.operators.length === 0
        ? {}
        : { operators: at.operators.map((one) => operatorTick(one, change)) }),
    };
  }

  #totals(index: SeriesIndex, change: FrameChange, vertices: readonly VertexTick[]) {
    const sources = index.vertices.flatMap((vertex) => vertex.sourceRecords);
    const sinks = index.vertices.flatMap((vertex) => vertex.sinkRecords);
    const emitted = index.vertices
      .flatMap((vertex) => vertex.sourceWatermarks)
      .map((position) => change.value(position))
      .filter((value) => Math.abs(value) < EVENT_TIME_LIMIT);
    const ends = vertices.filter((_, i) => index.vertices[i]!.sinkRecords.length > 0);
    const watermark =
      ends.length === 0 ? null : lowest(ends.map((vertex) => vertex.watermark ?? Number.NaN));
    const lag =
      watermark === null || emitted.length === 0 ? null : Math.max(...emitted) - watermark;
    return {
      recordsIn: change.rate(sources, 1),
      recordsOut: change.rate(sinks, 1),
      watermarkLag: lag === null ? null : Math.max(0, lag),
      watermark,
      pendingRecords: combine(vertices, 'pendingRecords', (values) => values.reduce(add, 0)),
      pendingMs: combine(vertices, 'pendingMs', (values) => Math.max(...values)),
    };
  }
}

/** Two frames and what lies between them. */
class FrameChange {
  readonly #now: ProbeFrame;
  readonly #before: ProbeFrame | null;

  constructor(now: ProbeFrame, before: ProbeFrame | null) {
    this.#now = now;
    this.#before = before;
  }

  /** NaN when not in the layout. */
  value(position: number): number {
    return this.#now.values[position] ?? Number.NaN;
  }

  delta(position: number): number {
    const before = this.#before?.values[position];
    return before === undefined ? Number.NaN : Math.max(0, this.value(position) - before);
  }

  /** Sum of the growths per second, with some decimals; null if there is none. */
  rate(positions: readonly number[], decimals: number): number | null {
    if (this.#before === null) return null;
    const seconds = (this.#now.atMs - this.#before.atMs) / 1000;
    let sum = 0;
    let known = false;
    for (const position of positions) {
      const delta = this.delta(position);
      if (Number.isNaN(delta)) continue;
      sum += delta;
      known = true;
    }
    return known ? rounded(sum / seconds, decimals) : null;
  }

  total(positions: readonly number[]): number | null {
    return this.known(positions, (values) => values.reduce(add, 0));
  }

  /** Reads gauges for which negative and NaN mean unknown. */
  known(
    positions: readonly number[],
    combineValues: (values: readonly number[]) => number,
  ): number | null {
    const values = positions.map((position) => this.value(position)).filter((value) => value >= 0);
    return values.length === 0 ? null : combineValues(values);
  }
}

function timeOf(subtasks: readonly SubtaskPositions[], change: FrameChange) {
  let busiest: Split | null = null;
  let busy = -1;
  let busySubtask = 0;
  let sum = 0;
  let count = 0;
  let backpressuredMax = 0;
  for (const subtask of subtasks) {
    const split = splitOf(subtask, change);
    if (split === null) continue;
    const own = split.running + split.queued + split.external;
    sum += own;
    count++;
    backpressuredMax = Math.max(backpressuredMax, split.backpressured);
    if (own > busy) {
      busy = own;
      busiest = split;
      busySubtask = subtask.subtask;
    }
  }
  if (busiest === null) return { ...UNKNOWN_TIME };
  return {
    busy: rounded(busy, 3),
    busyMean: rounded(sum / count, 3),
    busySubtask,
    running: rounded(busiest.running, 3),
    queued: rounded(busiest.queued, 3),
    external: rounded(busiest.external, 3),
    backpressured: rounded(busiest.backpressured, 3),
    backpressuredMax: rounded(backpressuredMax, 3),
    idle: rounded(busiest.idle, 3),
  };
}

const UNKNOWN_TIME = {
  busy: null,
  busyMean: null,
  busySubtask: 0,
  running: null,
  queued: null,
  external: null,
  backpressured: null,
  backpressuredMax: null,
  idle: null,
};

function splitOf(subtask: SubtaskPositions, change: FrameChange): Split | null {
  // Once a second for each of a job's subtasks: no arrays here.
  const { times } = subtask;
  const running = change.delta(times[0]!);
  const queued = change.delta(times[1]!);
  const external = change.delta(times[2]!);
  const idle = change.delta(times[3]!);
  const backpressured = change.delta(times[4]!);
  const total = running + queued + external + idle + backpressured;
  if (!(total > 0)) return null;
  return {
    running: running / total,
    queued: queued / total,
    external: external / total,
    idle: idle / total,
    backpressured: backpressured / total,
  };
}

function operatorTick(at: OperatorPositions, change: FrameChange): OperatorTick {
  const ms = change.rate(at.running, 1);
  return {
    recordsIn: change.rate(at.recordsIn, 1),
    recordsOut: change.rate(at.recordsOut, 1),
    running: ms === null ? null : rounded(Math.min(1, ms / 1000 / at.running.length), 3),
  };
}

function edgeTick(index: number, at: EdgePositions, change: FrameChange): EdgeTick {
  const fill = change.known(at.fill, (values) => Math.max(...values));
  return {
    index,
    recordsPerSecond: change.rate(at.records, 1),
    bytesPerSecond: change.rate(at.bytes, 0),
    fill: fill === null ? null : rounded(Math.min(1, fill), 3),
  };
}

/** Null as long as one of them has not begun, or all have ended. */
function lowest(times: readonly number[]): number | null {
  if (times.length === 0) return null;
  let low = Number.POSITIVE_INFINITY;
  for (const time of times) {
    if (Number.isNaN(time)) return null;
    low = Math.min(low, time);
  }
  return Math.abs(low) < EVENT_TIME_LIMIT ? low : null;
}

function combine(
  vertices: readonly VertexTick[],
  key: 'pendingRecords' | 'pendingMs',
  combineValues: (values: readonly number[]) => number,
): number | null {
  const values = vertices.map((vertex) => vertex[key]).filter((value) => value !== null);
  return values.length === 0 ? null : combineValues(values);
}

function extended(before: ProbeLayout, after: ProbeLayout): boolean {
  return before.series.every((series, position) => {
    const other = after.series[position];
    return (
      other !== undefined &&
      other.name === series.name &&
      other.subtask === series.subtask &&
      other.vertexId === series.vertexId &&
      other.operatorId === series.operatorId
    );
  });
}

function longest(times: readonly number[]): number {
  return rounded(Math.max(...times), 1);
}

function add(left: number, right: number): number {
  return left + right;
}

function rounded(value: number, decimals: number): number {
  const factor = 10 ** decimals;
  return Math.round(value * factor) / factor;
}
