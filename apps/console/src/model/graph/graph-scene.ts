/**
 * What of a job's graph is drawn: all vertices of a small one; of a large one its groups, or one
 * group opened between stubs of its neighbours, or every vertex small. Edges between the same two
 * things are bundled into one. Pure: topology and address in, nodes and edges out.
 */
import type { JobTopology } from '@weir/console-protocol';
import type { Grouping, VertexGroup } from './graph-groups.ts';
import type { Vertex } from './vertex-kind.ts';

/** In the address in the place of a group: every vertex, without groups. */
export const EVERY_VERTEX = '*';

export type SceneNode =
  | {
      readonly kind: 'vertex';
      readonly id: string;
      readonly vertex: Vertex;
      readonly expanded: boolean;
    }
  | { readonly kind: 'compact'; readonly id: string; readonly vertex: Vertex }
  | {
      readonly kind: 'group';
      readonly id: string;
      readonly group: VertexGroup;
      /** Cells in a row, the same for all groups of a graph. */
      readonly cells: number;
    }
  /** A neighbouring group of the one that is open. */
  | { readonly kind: 'stub'; readonly id: string; readonly group: VertexGroup };

export interface SceneEdge {
  readonly index: number;
  readonly source: string;
  readonly target: string;
  /** Positions in the topology's edges of what is bundled here; at least one. */
  readonly members: readonly number[];
}

export interface GraphScene {
  readonly nodes: readonly SceneNode[];
  readonly edges: readonly SceneEdge[];
  /** The group that is open; null at the top. */
  readonly open: VertexGroup | null;
}

/**
 * @param grouping null where the graph is small.
 * @param inside the group that is open, or `EVERY_VERTEX`, or null for the top.
 * @param expanded ids of chains that show their operators.
 */
export function graphScene(
  topology: JobTopology,
  grouping: Grouping | null,
  inside: string | null,
  expanded: ReadonlySet<string>,
): GraphScene {
  if (grouping === null) {
    return scene(
      topology,
      topology.vertices.map((vertex) => ({
        kind: 'vertex',
        id: vertex.id,
        vertex,
        expanded: expanded.has(vertex.id) && vertex.operators.length > 1,
      })),
      ({ source, target }) => [source, target],
    );
  }
  if (inside === EVERY_VERTEX) {
    const nodes = topology.vertices.map((vertex) => compact(vertex));
    return scene(topology, nodes, ({ source, target }) => [source, target]);
  }
  const open = grouping.groups.find(({ name }) => name === inside) ?? null;
  return open === null ? topOf(topology, grouping) : insideOf(topology, grouping, open);
}

/** The node that shows a vertex: itself, its group, or null where it is not in the picture. */
export function sceneNodeOf(scene: GraphScene, vertexId: string): SceneNode | null {
  const holds = (node: SceneNode) =>
    node.kind === 'group' || node.kind === 'stub'
      ? node.group.vertexIds.includes(vertexId)
      : node.id === vertexId;
  return scene.nodes.find(holds) ?? null;
}

function topOf(topology: JobTopology, grouping: Grouping): GraphScene {
  const cells = cellsARow(Math.max(...grouping.groups.map(({ places }) => places.length)));
  const nodes = grouping.groups.map(
    (group): SceneNode => ({ kind: 'group', id: groupId(group.name), group, cells }),
  );
  const of = (vertexId: string) => groupId(grouping.groupOf.get(vertexId) ?? '');
  return scene(topology, nodes, ({ source, target }) => {
    const [from, to] = [of(source), of(target)];
    return from === to ? null : [from, to];
  });
}

const CELLS_MIN = 8;

/** Somewhat wider than high, so that a column of large groups does not make all of them small. */
function cellsARow(largest: number): number {
  return Math.max(CELLS_MIN, Math.ceil(Math.sqrt(largest * 1.4)));
}

function insideOf(topology: JobTopology, grouping: Grouping, open: VertexGroup): GraphScene {
  const members = new Set(open.vertexIds);
  const before = new Set<string>();
  const after = new Set<string>();
  for (const { source, target } of topology.edges) {
    if (members.has(source) && !members.has(target)) after.add(grouping.groupOf.get(target) ?? '');
    if (members.has(target) && !members.has(source)) before.add(grouping.groupOf.get(source) ?? '');
  }
  const stubs = (side: 'in' | 'out', names: ReadonlySet<string>): SceneNode[] =>
    grouping.groups
      .filter(({ name }) => names.has(name))
      .map((group) => ({ kind: 'stub', id: `${side} ${group.name}`, group }));
  const nodes = [
    ...stubs('in', before),
    ...topology.vertices.filter(({ id }) => members.has(id)).map((vertex) => compact(vertex)),
    ...stubs('out', after),
  ];
  const drawn = scene(topology, nodes, ({ source, target }) => {
    if (!members.has(source) && !members.has(target)) return null;
    const from = members.has(source) ? source : `in ${grouping.groupOf.get(source)}`;
    return [from, members.has(target) ? target : `out ${grouping.groupOf.get(target)}`];
  });
  return { ...drawn, open };
}

type TopologyEdge = JobTopology['edges'][number];

function scene(
  topology: JobTopology,
  nodes: readonly SceneNode[],
  endsOf: (edge: TopologyEdge) => readonly [string, string] | null,
): GraphScene {
  const bundles = new Map<string, { source: string; target: string; members: number[] }>();
  for (const [at, edge] of topology.edges.entries()) {
    const ends = endsOf(edge);
    if (ends === null) continue;
    const [source, target] = ends;
    // Between single vertices each edge stands for itself: it has a strategy and a side output.
    const bundled = source !== edge.source || target !== edge.target;
    const key = bundled ? `${source}>${target}` : `${at}`;
    const bundle = bundles.get(key);
    if (bundle === undefined) bundles.set(key, { source, target, members: [at] });
    else bundle.members.push(at);
  }
  const edges = [...bundles.values()].map((bundle, index) => ({ index, ...bundle }));
  return { nodes, edges, open: null };
}

function compact(vertex: Vertex): SceneNode {
  return { kind: 'compact', id: vertex.id, vertex };
}

function groupId(name: string): string {
  return `group ${name}`;
}
