/**
 * Ticks out of their columns. Runs once a second for every vertex of a page, so that each object is
 * one literal: V8 gives all of them one shape, and a thousand vertices take under a millisecond.
 */
import type { EdgeTick, JobTick, OperatorTick, VertexTick } from './job-stream.ts';
import {
  EDGE_SINGLE,
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

/** Every field that has a column, so that a new one cannot be forgotten here. */
type VertexColumns = Record<
  (typeof VERTEX_SINGLE)[number] | (typeof VERTEX_DOUBLE)[number],
  number | null
>;

/** @param single the tick's row of singles. @param double its row of doubles; NaN is null. */
export function readTick(
  shape: TickShape,
  single: Float32Array,
  double: Float64Array,
  words: TickWords,
): JobTick {
  const { vertexIds, edgeIndexes, operators = [] } = shape;
  const vertices: VertexTick[] = [];
  for (let i = 0; i < vertexIds.length; i++) {
    const s = i * VERTEX_SINGLE.length;
    const d = 1 + JOB_DOUBLE.length + i * VERTEX_DOUBLE.length;
    vertices.push(vertexAt(vertexIds[i]!, single, s, double, d, words, i));
  }
  let at = vertexIds.length * VERTEX_SINGLE.length;
  const edges: EdgeTick[] = [];
  for (const index of edgeIndexes) {
    edges.push({
      index,
      recordsPerSecond: known(single, at + E1.recordsPerSecond),
      bytesPerSecond: known(single, at + E1.bytesPerSecond),
      fill: known(single, at + E1.fill),
    });
    at += EDGE_SINGLE.length;
  }
  for (let i = 0; i < operators.length; i++) {
    if (operators[i] === 0) continue;
    const chain: OperatorTick[] = [];
    for (let k = 0; k < operators[i]!; k++) {
      chain.push(operatorAt(single, at));
      at += OPERATOR_SINGLE.length;
    }
    vertices[i]!.operators = chain;
  }
  return { ...headOf(double, words), vertices, edges };
}

function headOf(double: Float64Array, words: TickWords): Omit<JobTick, 'vertices' | 'edges'> {
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
