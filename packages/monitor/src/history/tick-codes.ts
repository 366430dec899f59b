/**
 * Which numbers of a tick are kept in which form, and how a tick is made of codes again. Words and
 * objects (states, call sites, verdicts) are kept by reference, since they hardly ever change.
 *
 * A number that is added to a tick must be given its form here; the types demand it.
 */
import type {
  EdgeTick,
  JobTick,
  OperatorTick,
  TickShape,
  VertexTick,
} from '@weir/console-protocol';
import {
  codesOf,
  decodeExact,
  decodeNumber,
  encodeExact,
  encodeNumber,
  type NumberKind,
} from './number-code.ts';

type Kinds<Tick, Words extends keyof Tick> = Record<Exclude<keyof Tick, Words>, NumberKind>;

const VERTEX_KINDS: Kinds<VertexTick, 'id' | 'callSite' | 'tasks' | 'operators'> = {
  busy: 'ratio',
  busyMean: 'ratio',
  busySubtask: 'index',
  running: 'ratio',
  queued: 'ratio',
  external: 'ratio',
  backpressured: 'ratio',
  backpressuredMax: 'ratio',
  backpressuredMean: 'ratio',
  backpressuredSubtask: 'index',
  idle: 'ratio',
  recordsIn: 'rate',
  recordsInMax: 'rate',
  recordsInSubtask: 'index',
  recordsOut: 'rate',
  bytesIn: 'rate',
  bytesOut: 'rate',
  sinkRecords: 'rate',
  watermark: 'exact',
  watermarkSubtask: 'index',
  pendingRecords: 'amount',
  pendingMax: 'amount',
  pendingSubtask: 'index',
  pendingMs: 'amount',
  lateRecords: 'amount',
  stateBytes: 'amount',
  stateBytesMax: 'amount',
  stateBytesSubtask: 'index',
  asyncInFlight: 'amount',
  asyncCapacity: 'amount',
  callP50Ms: 'rate',
  callP99Ms: 'rate',
};

const OPERATOR_KINDS: Kinds<OperatorTick, never> = {
  recordsIn: 'rate',
  recordsOut: 'rate',
  running: 'ratio',
};

const EDGE_KINDS: Kinds<EdgeTick, 'index'> = {
  recordsPerSecond: 'rate',
  bytesPerSecond: 'rate',
  fill: 'ratio',
};

const JOB_KINDS: Kinds<JobTick, 't' | 'state' | 'vertices' | 'edges' | 'bottleneck' | 'forming'> = {
  recordsIn: 'rate',
  recordsOut: 'rate',
  watermarkLag: 'amount',
  watermark: 'exact',
  pendingRecords: 'amount',
  pendingMs: 'amount',
};

type Column = readonly [name: string, kind: NumberKind];
type Numbers = Readonly<Record<string, unknown>>;

interface Columns {
  readonly list: readonly Column[];
  /** Codes of all of them. */
  readonly width: number;
  /** Has every name already: an object that is given them one by one becomes a slow one. */
  readonly template: Numbers;
}

const VERTEX_COLUMNS = columnsOf(VERTEX_KINDS);
const OPERATOR_COLUMNS = columnsOf(OPERATOR_KINDS);
const EDGE_COLUMNS = columnsOf(EDGE_KINDS);
const JOB_COLUMNS = columnsOf(JOB_KINDS);

function columnsOf(kinds: Readonly<Record<string, NumberKind>>): Columns {
  const list = Object.entries(kinds);
  const width = list.reduce((sum, [, kind]) => sum + codesOf(kind), 0);
  return { list, width, template: kinds };
}

/** What is not a number, in two parts that change at different times. */
export interface TickWords {
  readonly verdict: Pick<JobTick, 'bottleneck' | 'forming'>;
  readonly tasks: {
    readonly state: JobTick['state'];
    readonly callSites: readonly (string | null)[];
    readonly tasks: readonly VertexTick['tasks'][];
  };
}

export function shapeOfTick({ vertices, edges }: JobTick): TickShape {
  return {
    vertexIds: vertices.map(({ id }) => id),
    edgeIndexes: edges.map(({ index }) => index),
    operators: vertices.map(({ operators }) => operators?.length ?? 0),
  };
}

export function fitsShape(shape: TickShape, { vertices, edges }: JobTick): boolean {
  const { vertexIds, edgeIndexes, operators } = shape;
  return (
    vertices.length === vertexIds.length &&
    edges.length === edgeIndexes.length &&
    vertices.every(({ id }, at) => id === vertexIds[at]) &&
    vertices.every((vertex, at) => (vertex.operators?.length ?? 0) === (operators?.[at] ?? 0))
  );
}

/** Codes of one tick. */
export function tickWidth({ vertexIds, edgeIndexes, operators = [] }: TickShape): number {
  const chained = operators.reduce((sum, count) => sum + count, 0);
  return (
    JOB_COLUMNS.width +
    vertexIds.length * VERTEX_COLUMNS.width +
    edgeIndexes.length * EDGE_COLUMNS.width +
    chained * OPERATOR_COLUMNS.width
  );
}

/** @param tick of this shape. */
export function encodeTick(shape: TickShape, tick: JobTick): Int16Array {
  const codes = new Int16Array(tickWidth(shape));
  let at = write(JOB_COLUMNS, tick, codes, 0);
  for (const vertex of tick.vertices) at = write(VERTEX_COLUMNS, vertex, codes, at);
  for (const edge of tick.edges) at = write(EDGE_COLUMNS, edge, codes, at);
  for (const [vertex, count] of (shape.operators ?? []).entries()) {
    for (let i = 0; i < count; i++) {
      at = write(OPERATOR_COLUMNS, tick.vertices[vertex]?.operators?.[i] ?? {}, codes, at);
    }
  }
  return codes;
}

export function wordsOf({ state, bottleneck, forming, vertices }: JobTick): TickWords {
  return {
    verdict: { bottleneck, forming },
    tasks: {
      state,
      callSites: vertices.map(({ callSite }) => callSite),
      tasks: vertices.map(({ tasks }) => tasks),
    },
  };
}

export function decodeTick(
  { vertexIds, edgeIndexes, operators = [] }: TickShape,
  t: number,
  codes: Int16Array,
  words: TickWords,
): JobTick {
  let at = 0;
  const next = (columns: Columns) => {
    const values = read(columns, codes, at);
    at += columns.width;
    return values;
  };
  const { state, callSites, tasks } = words.tasks;
  const tick = next(JOB_COLUMNS);
  const vertices = vertexIds.map((id, i) => {
    const vertex = next(VERTEX_COLUMNS);
    vertex.id = id;
    vertex.callSite = callSites[i] ?? null;
    vertex.tasks = tasks[i] ?? {};
    return vertex;
  });
  const edges = edgeIndexes.map((index) => {
    const edge = next(EDGE_COLUMNS);
    edge.index = index;
    return edge;
  });
  for (const [vertex, count] of operators.entries()) {
    if (count === 0) continue;
    vertices[vertex]!.operators = Array.from({ length: count }, () => next(OPERATOR_COLUMNS));
  }
  return { ...tick, t, state, vertices, edges, ...words.verdict } as unknown as JobTick;
}

function write({ list }: Columns, values: Numbers, codes: Int16Array, from: number): number {
  let at = from;
  for (const [name, kind] of list) {
    const given = values[name];
    const value = typeof given === 'number' ? given : null;
    if (kind === 'exact') encodeExact(value, codes, at);
    else codes[at] = encodeNumber(kind, value);
    at += codesOf(kind);
  }
  return at;
}

function read(
  { list, template }: Columns,
  codes: Int16Array,
  from: number,
): Record<string, unknown> {
  const values = { ...template };
  let at = from;
  for (const [name, kind] of list) {
    values[name] = kind === 'exact' ? decodeExact(codes, at) : decodeNumber(kind, codes[at]!);
    at += codesOf(kind);
  }
  return values;
}
