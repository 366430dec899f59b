/** Where in a frame the figures of every single subtask lie; -1 = not in the layout. */
import type { JobTopology } from '@weir/console-protocol';
import type { ProbeLayout, ProbeSeries } from '../cluster-probe.ts';
import { TIME_PARTS } from '../series-index.ts';

/** Counters that only grow, in this order per subtask. */
export const COUNTERS = TIME_PARTS.length + 2;
export const RECORDS_IN = TIME_PARTS.length;
export const RECORDS_OUT = RECORDS_IN + 1;

/** A position in the frame and the subtask that it adds to. */
export interface Addend {
  readonly position: number;
  readonly subtask: number;
}

export interface SubtaskPositions {
  readonly subtasks: number;
  /** `COUNTERS` per subtask. */
  readonly counters: Int32Array;
  readonly watermarks: Int32Array;
  /** Of subtasks of sources: the newest event time is the highest of these. */
  readonly sourceWatermarks: readonly number[];
  /** Counters that are sums: sources count what they emit, sinks what they are given. */
  readonly recordsIn: readonly Addend[];
  readonly recordsOut: readonly Addend[];
  readonly stateBytes: readonly Addend[];
  readonly pendingRecords: readonly Addend[];
}

interface VertexRole {
  readonly first: number;
  readonly parallelism: number;
  readonly reads: boolean;
  readonly writes: boolean;
  readonly roles: ReadonlyMap<string, string>;
}

/** Subtasks are numbered through the topology's vertices. O(series). */
export function subtaskPositions(topology: JobTopology, layout: ProbeLayout): SubtaskPositions {
  const vertices = rolesOf(topology);
  const subtasks = topology.vertices.reduce((sum, { parallelism }) => sum + parallelism, 0);
  const counters = new Int32Array(subtasks * COUNTERS).fill(-1);
  const watermarks = new Int32Array(subtasks).fill(-1);
  const sourceWatermarks: number[] = [];
  const sums = {
    recordsIn: [] as Addend[],
    recordsOut: [] as Addend[],
    stateBytes: [] as Addend[],
    pendingRecords: [] as Addend[],
  };
  layout.series.forEach((series, position) => {
    const vertex = vertices.get(series.vertexId);
    if (vertex === undefined || series.subtask >= vertex.parallelism) return;
    const subtask = vertex.first + series.subtask;
    if (series.operatorId !== null) {
      const sum = sumOf(series, vertex);
      if (sum !== null) sums[sum].push({ position, subtask });
      return;
    }
    const counter = counterOf(series.name, vertex);
    if (counter >= 0) counters[subtask * COUNTERS + counter] = position;
    const watermark = vertex.reads ? 'currentOutputWatermark' : 'currentInputWatermark';
    if (series.name !== watermark) return;
    watermarks[subtask] = position;
    if (vertex.reads) sourceWatermarks.push(position);
  });
  return { subtasks, counters, watermarks, sourceWatermarks, ...sums };
}

function rolesOf({ vertices, edges }: JobTopology): Map<string, VertexRole> {
  const sending = new Set(edges.map(({ source }) => source));
  let first = 0;
  return new Map(
    vertices.map(({ id, parallelism, operators }) => {
      const roles = new Map(operators.map((operator) => [operator.id, operator.role as string]));
      const has = (role: string) => operators.some((operator) => operator.role === role);
      const writes = has('sink') && !sending.has(id);
      const vertex = { first, parallelism, reads: has('source'), writes, roles };
      first += parallelism;
      return [id, vertex];
    }),
  );
}

function counterOf(name: string, vertex: VertexRole): number {
  if (name === 'numRecordsIn') return vertex.reads ? -1 : RECORDS_IN;
  if (name === 'numRecordsOut') return vertex.writes ? -1 : RECORDS_OUT;
  return TIME_PARTS.indexOf(name as (typeof TIME_PARTS)[number]);
}

function sumOf(series: ProbeSeries, { reads, writes, roles }: VertexRole) {
  const role = roles.get(series.operatorId ?? '');
  switch (series.name) {
    case 'numRecordsOut':
      return reads && role === 'source' ? 'recordsIn' : null;
    case 'numRecordsIn':
      return writes && role === 'sink' ? 'recordsOut' : null;
    case 'stateBytes':
      return 'stateBytes';
    case 'pendingRecords':
      return role === 'source' ? 'pendingRecords' : null;
    default:
      return null;
  }
}
