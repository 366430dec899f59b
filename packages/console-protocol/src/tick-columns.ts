/**
 * Which numbers of a tick are kept and sent, and how a tick is made of them again. Null is NaN in a
 * column. Words and objects (states, call sites) are kept by reference, since they hardly ever
 * change. A number that is in no list here reaches neither a browser nor the history.
 */
import type { EdgeTick, JobTick, JobTopology, OperatorTick, VertexTick } from './job-stream.ts';

/** Ratios and rates: single precision is enough. */
export const VERTEX_SINGLE = [
  'busy',
  'busyMean',
  'busySubtask',
  'running',
  'queued',
  'external',
  'backpressured',
  'backpressuredMax',
  'backpressuredMean',
  'backpressuredSubtask',
  'idle',
  'recordsIn',
  'recordsInMax',
  'recordsInSubtask',
  'recordsOut',
  'bytesIn',
  'bytesOut',
  'sinkRecords',
  'asyncInFlight',
  'asyncCapacity',
  'callP50Ms',
  'callP99Ms',
  'watermarkSubtask',
  'pendingMax',
  'pendingSubtask',
  'stateBytesMax',
  'stateBytesSubtask',
] as const satisfies readonly (keyof VertexTick)[];

/** Times and totals need all digits. */
export const VERTEX_DOUBLE = [
  'watermark',
  'pendingRecords',
  'pendingMs',
  'lateRecords',
  'stateBytes',
] as const satisfies readonly (keyof VertexTick)[];

export const EDGE_SINGLE = [
  'recordsPerSecond',
  'bytesPerSecond',
  'fill',
] as const satisfies readonly (keyof EdgeTick)[];

/** Of each operator of a chain; after the edges, for vertices of two operators or more. */
export const OPERATOR_SINGLE = [
  'recordsIn',
  'recordsOut',
  'running',
] as const satisfies readonly (keyof OperatorTick)[];

export const JOB_DOUBLE = [
  'recordsIn',
  'recordsOut',
  'watermarkLag',
  'watermark',
  'pendingRecords',
  'pendingMs',
] as const satisfies readonly (keyof JobTick)[];

/** What is not a number. */
export interface TickWords {
  readonly state: JobTick['state'];
  readonly bottleneck: JobTick['bottleneck'];
  readonly forming: JobTick['forming'];
  readonly callSites: readonly (string | null)[];
  readonly tasks: readonly VertexTick['tasks'][];
}

export interface TickShape {
  readonly vertexIds: readonly string[];
  readonly edgeIndexes: readonly number[];
  /** Operators whose numbers are kept, by vertex: 0 for one that is no chain; absent = none. */
  readonly operators?: readonly number[];
}

const shapes = new WeakMap<JobTopology, TickShape>();

/** The same object for the same topology. */
export function shapeOf(topology: JobTopology): TickShape {
  let shape = shapes.get(topology);
  if (shape === undefined) {
    shape = {
      vertexIds: topology.vertices.map((vertex) => vertex.id),
      edgeIndexes: topology.edges.map((edge) => edge.index),
      operators: topology.vertices.map(({ operators }) =>
        operators.length < 2 ? 0 : operators.length,
      ),
    };
    shapes.set(topology, shape);
  }
  return shape;
}

export function singleColumns(shape: TickShape): number {
  return chainColumns(shape).at(-1)!;
}

const chains = new WeakMap<TickShape, readonly number[]>();

/** Column of the first operator of each vertex, and behind the last one: how many there are. */
export function chainColumns(shape: TickShape): readonly number[] {
  let columns = chains.get(shape);
  if (columns === undefined) {
    const { vertexIds, edgeIndexes, operators = [] } = shape;
    let at = edgesFrom(shape) + edgeIndexes.length * EDGE_SINGLE.length;
    const found = vertexIds.map((_, vertex) => {
      const first = at;
      at += (operators[vertex] ?? 0) * OPERATOR_SINGLE.length;
      return first;
    });
    columns = [...found, at];
    chains.set(shape, columns);
  }
  return columns;
}

/** Column of the first edge. */
export function edgesFrom({ vertexIds }: TickShape): number {
  return vertexIds.length * VERTEX_SINGLE.length;
}

export function doubleColumns(shape: TickShape): number {
  return 1 + JOB_DOUBLE.length + shape.vertexIds.length * VERTEX_DOUBLE.length;
}

/** Calls back with each number in the order of the columns. */
export function writeTick(
  shape: TickShape,
  tick: JobTick,
  single: (column: number, value: number) => void,
  double: (column: number, value: number) => void,
): void {
  let column = 0;
  double(column++, tick.t);
  for (const field of JOB_DOUBLE) double(column++, tick[field] ?? Number.NaN);
  for (const vertex of tick.vertices) {
    for (const field of VERTEX_DOUBLE) double(column++, vertex[field] ?? Number.NaN);
  }
  column = 0;
  for (const vertex of tick.vertices) {
    for (const field of VERTEX_SINGLE) single(column++, vertex[field] ?? Number.NaN);
  }
  for (const edge of tick.edges) {
    for (const field of EDGE_SINGLE) single(column++, edge[field] ?? Number.NaN);
  }
  for (const [at, count] of (shape.operators ?? []).entries()) {
    for (let i = 0; i < count; i++) {
      const operator = tick.vertices[at]?.operators?.[i];
      for (const field of OPERATOR_SINGLE) single(column++, operator?.[field] ?? Number.NaN);
    }
  }
}

export function wordsOf(tick: JobTick): TickWords {
  return {
    state: tick.state,
    bottleneck: tick.bottleneck,
    forming: tick.forming,
    callSites: tick.vertices.map((vertex) => vertex.callSite),
    tasks: tick.vertices.map((vertex) => vertex.tasks),
  };
}

/** The words before, as far as they say the same: one object serves many ticks. */
export function sameWords(before: TickWords | null, after: TickWords): TickWords {
  if (before === null) return after;
  const { callSites, tasks, ...changing } = after;
  const sites = isSame(before.callSites, callSites) ? before.callSites : callSites;
  const states = isSame(before.tasks, tasks) ? before.tasks : tasks;
  const { state, bottleneck, forming } = before;
  const same = sites === before.callSites && states === before.tasks;
  if (same && isSame({ state, bottleneck, forming }, changing)) return before;
  return { ...changing, callSites: sites, tasks: states };
}

function isSame(before: unknown, after: unknown): boolean {
  return JSON.stringify(before) === JSON.stringify(after);
}
