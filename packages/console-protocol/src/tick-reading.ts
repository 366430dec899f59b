/**
 * Ticks out of their columns: whole, or only what somebody asks for. Each object is one literal, so
 * that V8 gives all of them one shape, and a thousand vertices take under a millisecond.
 */
import type { EdgeTick, JobTick, OperatorTick, VertexTick } from './job-stream.ts';
import {
  chainColumns,
  EDGE_SINGLE,
  edgesFrom,
  JOB_DOUBLE,
  OPERATOR_SINGLE,
  type TickShape,
  type TickWords,
  VERTEX_DOUBLE,
  VERTEX_SINGLE,
} from './tick-columns.ts';

const V1 = placesOf(VERTEX_SINGLE);
const V2 = placesOf(VERTEX_DOUBLE);
const E1 = placesOf(EDGE_SINGLE);
const O1 = placesOf(OPERATOR_SINGLE);
const J2 = placesOf(JOB_DOUBLE);
const NO_TASKS: VertexTick['tasks'] = {};

/** Column of the first vertex among the doubles. */
const VERTICES_FROM = 1 + JOB_DOUBLE.length;

/** Every field that has a column, so that a new one cannot be forgotten here. */
type VertexColumns = Record<VertexField, number | null>;

/** One tick in its columns, of which any part can be read at any time. */
export interface PackedTick {
  readonly shape: TickShape;
  /** Its row of `singleColumns`; NaN is null. */
  readonly single: Float32Array;
  /** Its row of `doubleColumns`. */
  readonly double: Float64Array;
  readonly words: TickWords;
}

export type EdgeField = (typeof EDGE_SINGLE)[number];
export type VertexField = (typeof VERTEX_SINGLE)[number] | (typeof VERTEX_DOUBLE)[number];

export function readTick(packed: PackedTick): JobTick {
  return { ...headOf(packed), vertices: allVertices(packed), edges: allEdges(packed) };
}

/** The same, but vertices and edges become objects when they are first asked for. */
export function lazyTick(packed: PackedTick): JobTick {
  let vertices: VertexTick[] | null = null;
  let edges: EdgeTick[] | null = null;
  return {
    ...headOf(packed),
    get vertices() {
      vertices ??= allVertices(packed);
      return vertices;
    },
    get edges() {
      edges ??= allEdges(packed);
      return edges;
    },
  };
}

/** @param at position in the shape. */
export function readVertex(packed: PackedTick, at: number): VertexTick {
  const { shape, single, words } = packed;
  const s = at * VERTEX_SINGLE.length;
  const d = VERTICES_FROM + at * VERTEX_DOUBLE.length;
  const tick = vertexAt(shape.vertexIds[at]!, single, s, packed.double, d, words, at);
  const count = shape.operators?.[at] ?? 0;
  if (count === 0) return tick;
  const first = chainColumns(shape)[at]!;
  tick.operators = Array.from({ length: count }, (_, i) =>
    operatorAt(single, first + i * OPERATOR_SINGLE.length),
  );
  return tick;
}

/** One number of an edge; NaN is null. No object is made. @param at position in the shape. */
export function readEdgeValue({ shape, single }: PackedTick, at: number, field: EdgeField): number {
  return single[edgesFrom(shape) + at * EDGE_SINGLE.length + E1[field]]!;
}

function readEdge({ shape, single }: PackedTick, at: number): EdgeTick {
  const column = edgesFrom(shape) + at * EDGE_SINGLE.length;
  return {
    index: shape.edgeIndexes[at]!,
    recordsPerSecond: known(single, column + E1.recordsPerSecond),
    bytesPerSecond: known(single, column + E1.bytesPerSecond),
    fill: known(single, column + E1.fill),
  };
}

/** One number of all vertices, in the order of the shape; NaN is null. No object is made. */
export function readColumn(packed: PackedTick, field: VertexField, into: Float64Array): void {
  const { shape, single, double } = packed;
  const isSingle = field in V1;
  const values = isSingle ? single : double;
  const step = isSingle ? VERTEX_SINGLE.length : VERTEX_DOUBLE.length;
  let column = isSingle
    ? V1[field as keyof typeof V1]
    : VERTICES_FROM + V2[field as keyof typeof V2];
  for (let at = 0; at < shape.vertexIds.length; at++) {
    into[at] = values[column]!;
    column += step;
  }
}

function allVertices(packed: PackedTick): VertexTick[] {
  return packed.shape.vertexIds.map((_, at) => readVertex(packed, at));
}

function allEdges(packed: PackedTick): EdgeTick[] {
  return packed.shape.edgeIndexes.map((_, at) => readEdge(packed, at));
}

function headOf({ double, words }: PackedTick): Omit<JobTick, 'vertices' | 'edges'> {
  const { state, bottleneck, forming } = words;
  return {
    t: double[0]!,
    state,
    recordsIn: known(double, 1 + J2.recordsIn),
    recordsOut: known(double, 1 + J2.recordsOut),
    watermarkLag: known(double, 1 + J2.watermarkLag),
    watermark: known(double, 1 + J2.watermark),
    pendingRecords: known(double, 1 + J2.pendingRecords),
    pendingMs: known(double, 1 + J2.pendingMs),
    ...(bottleneck === undefined ? {} : { bottleneck }),
    ...(forming === undefined ? {} : { forming }),
  };
}

function vertexAt(
  id: string,
  single: Float32Array,
  s: number,
  double: Float64Array,
  d: number,
  words: TickWords,
  at: number,
): VertexTick {
  return {
    id,
    busy: known(single, s + V1.busy),
    busyMean: known(single, s + V1.busyMean),
    busySubtask: single[s + V1.busySubtask]!,
    running: known(single, s + V1.running),
    queued: known(single, s + V1.queued),
    external: known(single, s + V1.external),
    backpressured: known(single, s + V1.backpressured),
    backpressuredMax: known(single, s + V1.backpressuredMax),
    backpressuredMean: known(single, s + V1.backpressuredMean),
    backpressuredSubtask: known(single, s + V1.backpressuredSubtask),
    idle: known(single, s + V1.idle),
    recordsIn: known(single, s + V1.recordsIn),
    recordsInMax: known(single, s + V1.recordsInMax),
    recordsInSubtask: known(single, s + V1.recordsInSubtask),
    recordsOut: known(single, s + V1.recordsOut),
    bytesIn: known(single, s + V1.bytesIn),
    bytesOut: known(single, s + V1.bytesOut),
    sinkRecords: known(single, s + V1.sinkRecords),
    asyncInFlight: known(single, s + V1.asyncInFlight),
    asyncCapacity: known(single, s + V1.asyncCapacity),
    callP50Ms: known(single, s + V1.callP50Ms),
    callP99Ms: known(single, s + V1.callP99Ms),
    watermarkSubtask: known(single, s + V1.watermarkSubtask),
    pendingMax: known(single, s + V1.pendingMax),
    pendingSubtask: known(single, s + V1.pendingSubtask),
    stateBytesMax: known(single, s + V1.stateBytesMax),
    stateBytesSubtask: known(single, s + V1.stateBytesSubtask),
    watermark: known(double, d + V2.watermark),
    pendingRecords: known(double, d + V2.pendingRecords),
    pendingMs: known(double, d + V2.pendingMs),
    lateRecords: known(double, d + V2.lateRecords),
    stateBytes: known(double, d + V2.stateBytes),
    callSite: words.callSites[at] ?? null,
    tasks: words.tasks[at] ?? NO_TASKS,
  } satisfies VertexTick & VertexColumns;
}

function operatorAt(single: Float32Array, at: number): OperatorTick {
  return {
    recordsIn: known(single, at + O1.recordsIn),
    recordsOut: known(single, at + O1.recordsOut),
    running: known(single, at + O1.running),
  } satisfies Record<(typeof OPERATOR_SINGLE)[number], number | null>;
}

function known(values: Float32Array | Float64Array, at: number): number | null {
  const value = values[at]!;
  return Number.isNaN(value) ? null : value;
}

function placesOf<Field extends string>(fields: readonly Field[]): Readonly<Record<Field, number>> {
  const places: Partial<Record<Field, number>> = {};
  for (const [place, field] of fields.entries()) places[field] = place;
  return places as Record<Field, number>;
}
