/** Where in a frame the figures of each subtask, operator and edge lie. -1 = not in the layout. */
import type { JobTopology } from '@weir/console-protocol';
import type { ProbeLayout, ProbeSeries } from './cluster-probe.ts';

export const TIME_PARTS = [
  'accumulateRunningTimeMs',
  'accumulateQueuedTimeMs',
  'accumulateExternalTimeMs',
  'accumulateIdleTimeMs',
  'accumulateBackPressuredTimeMs',
] as const;

export interface SubtaskPositions {
  readonly subtask: number;
  /** In the order of `TIME_PARTS`. */
  readonly times: Int32Array;
  readonly recordsIn: number;
  readonly recordsOut: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly watermark: number;
}

export interface VertexPositions {
  readonly subtasks: readonly SubtaskPositions[];
  /** Operator series: one position per subtask and operator that has it. */
  readonly sourceRecords: readonly number[];
  readonly sinkRecords: readonly number[];
  readonly sourceWatermarks: readonly number[];
  readonly pendingRecords: readonly number[];
  readonly pendingMs: readonly number[];
  readonly lateRecords: readonly number[];
  readonly stateBytes: readonly number[];
  readonly asyncInFlight: readonly number[];
  readonly asyncCapacity: readonly number[];
  readonly callP50Ms: readonly number[];
  readonly callP99Ms: readonly number[];
  /** What the operators of `asyncCapacity` call; their own names where they don't say. */
  readonly callSites: ReadonlyArray<string | null>;
  /** In the topology's order; empty for a vertex of one operator. */
  readonly operators: readonly OperatorPositions[];
}

export interface OperatorPositions {
  readonly recordsIn: readonly number[];
  readonly recordsOut: readonly number[];
  /** Cumulative ms that the subtasks' threads ran it. */
  readonly running: readonly number[];
}

export interface EdgePositions {
  readonly records: readonly number[];
  readonly bytes: readonly number[];
  readonly fill: readonly number[];
}

export interface SeriesIndex {
  readonly version: number;
  readonly vertices: readonly VertexPositions[];
  readonly edges: readonly EdgePositions[];
}

type Located = ProbeSeries & { readonly position: number };

/** In the order of the topology's vertices and edges. O(series). */
export function indexSeries(topology: JobTopology, layout: ProbeLayout): SeriesIndex {
  const byVertex = new Map<string, Located[]>();
  const edges = new Map<string, number[]>();
  layout.series.forEach((series, position) => {
    if (series.operatorId === null && series.name.startsWith('edge.')) {
      const positions = edges.get(series.name) ?? [];
      positions.push(position);
      edges.set(series.name, positions);
      return;
    }
    const list = byVertex.get(series.vertexId) ?? [];
    byVertex.set(series.vertexId, list);
    list.push({ ...series, position });
  });
  const vertices = topology.vertices.map((vertex) =>
    indexVertex(vertex, byVertex.get(vertex.id) ?? []),
  );
  const edge = (index: number, name: string) => edges.get(`edge.${index}.${name}`) ?? [];
  return {
    version: layout.version,
    vertices,
    edges: topology.edges.map(({ index }) => ({
      records: edge(index, 'records'),
      bytes: edge(index, 'bytes'),
      fill: edge(index, 'fill'),
    })),
  };
}

function indexVertex(
  vertex: JobTopology['vertices'][number],
  all: readonly Located[],
): VertexPositions {
  const roles = new Map(vertex.operators.map((operator) => [operator.id, operator]));
  const isSource = vertex.operators.some((operator) => operator.role === 'source');
  const pick = (name: string, role?: string) =>
    all
      .filter((one) => one.operatorId !== null && one.name === name)
      .filter((one) => role === undefined || roles.get(one.operatorId!)?.role === role);
  const positions = (name: string, role?: string) => pick(name, role).map((one) => one.position);
  const byOperator = Map.groupBy(all, ({ operatorId }) => operatorId);
  const operatorOf = (id: string): OperatorPositions => {
    const of = (name: string) =>
      (byOperator.get(id) ?? []).filter((one) => one.name === name).map((one) => one.position);
    return {
      recordsIn: of('numRecordsIn'),
      recordsOut: of('numRecordsOut'),
      running: of('runningTimeMs'),
    };
  };
  const subtasks = indexSubtasks(
    all,
    isSource ? 'currentOutputWatermark' : 'currentInputWatermark',
  );
  return {
    subtasks,
    sourceRecords: positions('numRecordsOut', 'source'),
    sinkRecords: positions('numRecordsIn', 'sink'),
    // Of the task: watermarks may be assigned by an operator that the source is chained to.
    sourceWatermarks: isSource ? subtasks.map(({ watermark }) => watermark) : [],
    pendingRecords: positions('pendingRecords', 'source'),
    pendingMs: positions('pendingMs', 'source'),
    lateRecords: positions('numLateRecordsDropped'),
    stateBytes: positions('stateBytes'),
    asyncInFlight: positions('asyncInFlight'),
    asyncCapacity: positions('asyncCapacity'),
    callP50Ms: positions('asyncLatencyP50Ms'),
    callP99Ms: positions('asyncLatencyP99Ms'),
    callSites: pick('asyncCapacity').map((one) => {
      const operator = roles.get(one.operatorId!);
      return operator?.callSite ?? operator?.name ?? null;
    }),
    operators: vertex.operators.length < 2 ? [] : vertex.operators.map(({ id }) => operatorOf(id)),
  };
}

function indexSubtasks(all: readonly Located[], watermarkName: string): SubtaskPositions[] {
  const bySubtask = new Map<number, Map<string, number>>();
  for (const one of all) {
    if (one.operatorId !== null) continue;
    const names = bySubtask.get(one.subtask) ?? new Map<string, number>();
    bySubtask.set(one.subtask, names);
    names.set(one.name, one.position);
  }
  const subtasks = [...bySubtask].sort(([left], [right]) => left - right);
  return subtasks.map(([subtask, names]) => {
    const at = (name: string) => names.get(name) ?? -1;
    return {
      subtask,
      times: Int32Array.from(TIME_PARTS, at),
      recordsIn: at('numRecordsIn'),
      recordsOut: at('numRecordsOut'),
      bytesIn: at('numBytesIn'),
      bytesOut: at('numBytesOut'),
      watermark: at(watermarkName),
    };
  });
}
