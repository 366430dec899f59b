/** Paths of edges: out of the right side, into the left side, horizontal at both ends. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

interface EndNode {
  readonly id: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

interface DrawnEdge {
  readonly index: number;
  readonly source: string;
  readonly target: string;
}

export interface PlacedEdge {
  readonly index: number;
  /** SVG path. */
  readonly path: string;
  readonly endX: number;
  readonly endY: number;
  /** Middle of the ship strategy's base line. */
  readonly labelX: number;
  readonly labelY: number;
  /** Middle of the base line of how full it is. */
  readonly fullX: number;
  readonly fullY: number;
}

const HANDLE = 30;
const HEAD = 6;
const PORT_GAP = 14;
const LEVEL = 20;
/** All ports of a side lie within this, so that they leave from small nodes too. */
const PORTS_SPAN = 36;

export function drawEdges(
  edges: readonly DrawnEdge[],
  nodes: readonly EndNode[],
  bends: (index: number) => readonly Point[],
  columnGap: number,
): PlacedEdge[] {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const middle = (id: string) => {
    const node = byId.get(id)!;
    return node.y + node.height / 2;
  };
  const inputs = countBy(edges, 'target');
  const outputs = countBy(edges, 'source');
  const out = ports(edges, 'source', (edge) => middle(edge.target));
  const into = ports(edges, 'target', (edge) => middle(edge.source));
  return edges.map((edge) => {
    const from = byId.get(edge.source)!;
    const to = byId.get(edge.target)!;
    const start = { x: from.x + from.width, y: middle(edge.source) + out.get(edge.index)! };
    const end = { x: to.x - HEAD, y: middle(edge.target) + into.get(edge.index)! };
    const through = bends(edge.index);
    const many = inputs.get(edge.target)! > 1;
    const single = outputs.get(edge.source) === 1;
    return {
      index: edge.index,
      path: pathThrough([start, ...through, end]),
      endX: round(end.x),
      endY: round(end.y),
      ...labels(start, through, end, many && single, columnGap),
    };
  });
}

function countBy(edges: readonly DrawnEdge[], side: 'source' | 'target'): Map<string, number> {
  const counts = new Map<string, number>();
  for (const edge of edges) counts.set(edge[side], (counts.get(edge[side]) ?? 0) + 1);
  return counts;
}

/** Offset of each edge's port from the middle of its node, in the order of the other ends. */
function ports(
  edges: readonly DrawnEdge[],
  side: 'source' | 'target',
  order: (edge: DrawnEdge) => number,
): Map<number, number> {
  const groups = new Map<string, DrawnEdge[]>();
  for (const edge of edges) {
    const group = groups.get(edge[side]);
    if (group === undefined) groups.set(edge[side], [edge]);
    else group.push(edge);
  }
  const offsets = new Map<number, number>();
  for (const group of groups.values()) {
    group.sort((a, b) => order(a) - order(b) || a.index - b.index);
    const gap = Math.min(PORT_GAP, PORTS_SPAN / group.length);
    for (const [at, { index }] of group.entries()) {
      offsets.set(index, (at - (group.length - 1) / 2) * gap);
    }
  }
  return offsets;
}

/** Words stand in the gap between two columns, on the side that the line leaves free. */
function labels(
  start: Point,
  through: readonly Point[],
  end: Point,
  atStart: boolean,
  columnGap: number,
) {
  const near = through[0] ?? end;
  const far = through.at(-1) ?? start;
  const rise = atStart ? near.y - start.y : end.y - far.y;
  const x = atStart ? start.x + (columnGap - HEAD) / 2 : end.x - (columnGap - HEAD) / 2;
  const y = atStart ? start.y : end.y;
  const above = Math.abs(rise) < LEVEL || rise > 0 === atStart;
  return {
    labelX: round(x),
    labelY: round(above ? y - 10 : y + 16),
    fullX: round(x),
    fullY: round(above ? y + 20 : y + 30),
  };
}

function pathThrough(points: readonly Point[]): string {
  const first = points[0]!;
  let path = `M${round(first.x)} ${round(first.y)}`;
  for (let i = 1; i < points.length; i++) {
    const a = points[i - 1]!;
    const b = points[i]!;
    const handle = Math.max(HANDLE, Math.min(90, (b.x - a.x) / 2.1));
    path += `C${round(a.x + handle)} ${round(a.y)} ${round(b.x - handle)} ${round(b.y)} `;
    path += `${round(b.x)} ${round(b.y)}`;
  }
  return path;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
