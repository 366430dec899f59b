/**
 * Graphs as large as one wishes for: groups of rows of operators, as feature pipelines have them,
 * with one operator that limits. The same sizes give the same graph.
 */
import type { JobGraph } from '@weir/graph';

export interface SyntheticVertex {
  readonly id: string;
  readonly name: string;
  readonly group: string;
  readonly role: 'source' | 'operator' | 'sink';
  /** Upstream of the one that limits: it waits. */
  readonly victim: boolean;
}

export interface SyntheticGraph {
  readonly name: string;
  readonly vertices: readonly SyntheticVertex[];
  readonly edges: readonly { readonly source: number; readonly target: number }[];
  /** Position of the vertex that limits; its subtask does. */
  readonly hot: number;
  readonly hotSubtask: number;
  readonly parallelism: number;
}

/** Name, weight, steps of a row, the groups that it reads from. */
const GROUPS: readonly (readonly [string, number, number, readonly string[]])[] = [
  ['ingest', 24, 1, []],
  ['reference', 12, 1, []],
  ['parse', 24, 1, ['ingest']],
  ['normalise', 20, 1, ['ingest', 'reference']],
  ['enrich', 48, 4, ['parse', 'normalise']],
  ['dedupe', 12, 1, ['normalise']],
  ['velocity', 64, 4, ['enrich']],
  ['geo', 36, 4, ['enrich']],
  ['merchant', 44, 5, ['enrich']],
  ['device', 40, 4, ['dedupe']],
  ['join', 16, 2, ['velocity', 'geo', 'merchant']],
  ['rules', 28, 2, ['merchant', 'device']],
  ['models', 32, 4, ['join', 'rules']],
  ['decide', 8, 1, ['models']],
  ['sinks', 12, 1, ['models']],
];
const WEIGHT = GROUPS.reduce((sum, [, weight]) => sum + weight, 0);

const KINDS = ['merchant', 'mcc', 'terminal', 'acquirer', 'city', 'chain', 'owner', 'brand'];
const STEPS = ['key', '1h', '24h', '30d', 'merge'];
const HOT_GROUP = 'merchant';
const HOT_STEP = 3;

/** @param size about so many vertices; at least one a group. */
export function syntheticGraph(name: string, size: number, parallelism: number): SyntheticGraph {
  const vertices: SyntheticVertex[] = [];
  const edges: { source: number; target: number }[] = [];
  const ends = new Map<string, readonly number[]>();
  let hot = 0;
  for (const [group, weight, steps, inputs] of GROUPS) {
    const count = Math.max(1, Math.round((weight / WEIGHT) * size));
    const width = Math.min(steps, count);
    const rows = Math.ceil(count / width);
    const first = vertices.length;
    for (let i = 0; i < count; i++) {
      const [row, step] = [Math.floor(i / width), i % width];
      const at = vertices.length;
      if (step > 0) edges.push({ source: at - 1, target: at });
      if (group === HOT_GROUP && row === 0 && step === Math.min(HOT_STEP, width - 1)) hot = at;
      vertices.push({
        id: at.toString(16).padStart(32, '0'),
        name: nameOf(group, row, step, width),
        group,
        role: inputs.length === 0 ? 'source' : group === 'sinks' ? 'sink' : 'operator',
        victim: false,
      });
    }
    const starts = Array.from({ length: rows }, (_, row) => first + row * width);
    for (const input of inputs) join(ends.get(input) ?? [], starts, edges);
    ends.set(
      group,
      starts.map((start) => Math.min(start + width, first + count) - 1),
    );
  }
  const victims = upstreamOf(hot, edges);
  return {
    name,
    vertices: vertices.map((vertex, at) => ({ ...vertex, victim: victims.has(at) })),
    edges,
    hot,
    hotSubtask: Math.floor(parallelism * 0.6),
    parallelism,
  };
}

/** As the compiler would have made it, as far as anything that shows jobs looks. */
export function jobGraphOf(graph: SyntheticGraph, submittedAtMs: number): JobGraph {
  const operator = ({ id, name, role }: SyntheticVertex) => ({
    ...{ id: id.replace(/^0/, 'd'), name, role, uid: null, operatorType: 'map', keyed: false },
    ...{ callSite: null, origin: null, chainedOutputs: [] },
  });
  return {
    name: graph.name,
    vertices: graph.vertices.map((vertex) => ({
      id: vertex.id,
      name: vertex.name,
      operators: [operator(vertex)],
      parallelism: graph.parallelism,
      maxParallelism: Math.max(128, graph.parallelism),
      slotSharingGroup: 'default',
    })),
    edges: graph.edges.map(({ source, target }, index) => ({
      index,
      source: graph.vertices[source]!.id,
      sourceOperator: 0,
      target: graph.vertices[target]!.id,
      targetInput: 0,
      strategy: 'HASH',
      outputTag: null,
    })),
    configuration: {},
    args: [],
    submittedAtMs,
  } as unknown as JobGraph;
}

function nameOf(group: string, row: number, step: number, width: number): string {
  if (group !== HOT_GROUP) return width === 1 ? `${group}-${row}` : `${group}-${row}-${step}`;
  const round = Math.floor(row / KINDS.length);
  const kind = `${KINDS[row % KINDS.length]}${round === 0 ? '' : round + 1}`;
  // All of them are of the group by their first word.
  return row === 0 ? `${group}-${STEPS[step]}` : `${group}-${kind}-${STEPS[step]}`;
}

/** Every start gets an input, every end a reader. */
function join(
  ends: readonly number[],
  starts: readonly number[],
  edges: { source: number; target: number }[],
): void {
  const count = Math.max(ends.length, starts.length);
  for (let i = 0; i < count; i++) {
    edges.push({ source: ends[i % ends.length]!, target: starts[i % starts.length]! });
  }
}

function upstreamOf(
  vertex: number,
  edges: readonly { readonly source: number; readonly target: number }[],
): Set<number> {
  const inputs = Map.groupBy(edges, ({ target }) => target);
  const found = new Set<number>();
  const queue = [vertex];
  for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
    for (const { source } of inputs.get(at) ?? []) {
      if (found.has(source)) continue;
      found.add(source);
      queue.push(source);
    }
  }
  return found;
}
