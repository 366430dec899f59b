/**
 * Places a job's vertices left to right and draws the paths of its edges.
 *
 * Called once per topology, in the layout worker. Source of the ranks and rows: dagre; the paths
 * are our own, so that edges leave and arrive horizontally at ports of their own.
 */
import { Graph, layout } from '@dagrejs/dagre';
import { COLUMN_GAP, type GraphShape, ROW_GAP } from '../model/graph-shape.ts';

export interface PlacedNode {
  readonly id: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface PlacedEdge {
  readonly index: number;
  /** SVG path, from the source's right side to the target's left side. */
  readonly path: string;
  readonly endX: number;
  readonly endY: number;
  readonly labelX: number;
  readonly labelY: number;
}

export interface GraphLayout {
  readonly nodes: readonly PlacedNode[];
  readonly edges: readonly PlacedEdge[];
  readonly width: number;
  readonly height: number;
}

interface Point {
  readonly x: number;
  readonly y: number;
}

const HANDLE = 30;
const HEAD = 6;
const PORT_GAP = 14;

/** O(V + E) for what jobs look like; deterministic. */
export function layoutGraph(shape: GraphShape): GraphLayout {
  const graph = new Graph({ multigraph: true });
  graph.setGraph({ rankdir: 'LR', ranksep: COLUMN_GAP, nodesep: ROW_GAP, edgesep: ROW_GAP });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { id, width, height, margin } of shape.nodes) {
    graph.setNode(id, { width, height: height + 2 * margin });
  }
  for (const { index, source, target } of shape.edges) {
    graph.setEdge(source, target, { width: 0, height: 0 }, `${index}`);
  }
  layout(graph);
  const nodes = shape.nodes.map(({ id, width, height }) => {
    const at = graph.node(id) as unknown as Point;
    return { id, width, height, x: Math.round(at.x - width / 2), y: Math.round(at.y - height / 2) };
  });
  const moved = toOrigin(nodes);
  const bends = (index: number): readonly Point[] => {
    const edge = shape.edges.find((candidate) => candidate.index === index)!;
    const label = graph.edge(edge.source, edge.target, `${index}`) as { points?: Point[] };
    const points = label.points ?? [];
    return points.map(({ x, y }) => ({ x: x - moved.left, y: y - moved.top }));
  };
  return {
    nodes: moved.nodes,
    edges: placeEdges(shape, moved.nodes, bends),
    width: Math.max(0, ...moved.nodes.map((node) => node.x + node.width)),
    height: Math.max(0, ...moved.nodes.map((node) => node.y + node.height)),
  };
}

function toOrigin(nodes: readonly PlacedNode[]) {
  const left = nodes.length === 0 ? 0 : Math.min(...nodes.map(({ x }) => x));
  const top = nodes.length === 0 ? 0 : Math.min(...nodes.map(({ y }) => y));
  return { left, top, nodes: nodes.map((n) => ({ ...n, x: n.x - left, y: n.y - top })) };
}

function placeEdges(
  shape: GraphShape,
  nodes: readonly PlacedNode[],
  bends: (index: number) => readonly Point[],
): PlacedEdge[] {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const middle = (id: string) => {
    const node = byId.get(id)!;
    return node.y + node.height / 2;
  };
  const outPort = ports(shape, 'source', (edge) => middle(edge.target));
  const inPort = ports(shape, 'target', (edge) => middle(edge.source));
  return shape.edges.map(({ index, source, target }) => {
    const from = byId.get(source)!;
    const to = byId.get(target)!;
    const start = { x: from.x + from.width, y: middle(source) + outPort.get(index)! };
    const end = { x: to.x - HEAD, y: middle(target) + inPort.get(index)! };
    const far = end.x - start.x > 2 * COLUMN_GAP;
    const through = far ? bends(index).slice(1, -1) : [];
    const label = labelPoint(start, end, through);
    const round = (value: number) => Math.round(value * 10) / 10;
    return {
      index,
      path: pathThrough([start, ...through, end]),
      endX: round(end.x),
      endY: round(end.y),
      labelX: round(label.x),
      labelY: round(label.y),
    };
  });
}

/** Offset of each edge's port from the middle of its node, in the order of the other ends. */
function ports(
  shape: GraphShape,
  side: 'source' | 'target',
  order: (edge: GraphShape['edges'][number]) => number,
): Map<number, number> {
  const groups = new Map<string, GraphShape['edges'][number][]>();
  for (const edge of shape.edges) {
    const group = groups.get(edge[side]);
    if (group === undefined) groups.set(edge[side], [edge]);
    else group.push(edge);
  }
  const offsets = new Map<number, number>();
  for (const group of groups.values()) {
    group.sort((a, b) => order(a) - order(b) || a.index - b.index);
    const gap = Math.min(PORT_GAP, 90 / group.length);
    group.forEach((edge, at) => offsets.set(edge.index, (at - (group.length - 1) / 2) * gap));
  }
  return offsets;
}

/** Beside the start where an edge rises or falls, on the middle of a level one. */
function labelPoint(start: Point, end: Point, through: readonly Point[]): Point {
  const next = through[0] ?? end;
  const level = Math.abs(next.y - start.y) < 24;
  if (level && through.length === 0) return { x: (start.x + end.x) / 2, y: start.y };
  const rising = next.y < start.y;
  return { x: start.x + 20, y: start.y + (rising ? -12 : 24) };
}

function pathThrough(points: readonly Point[]): string {
  const first = points[0]!;
  const round = (value: number) => Math.round(value * 10) / 10;
  let path = `M${round(first.x)} ${round(first.y)}`;
  for (let i = 1; i < points.length; i++) {
    const a = points[i - 1]!;
    const b = points[i]!;
    const handle = Math.max(HANDLE, Math.min(80, (b.x - a.x) / 2.2));
    path += `C${round(a.x + handle)} ${round(a.y)} ${round(b.x - handle)} ${round(b.y)} `;
    path += `${round(b.x)} ${round(b.y)}`;
  }
  return path;
}
