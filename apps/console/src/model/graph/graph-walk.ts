/** Walking a graph along its edges, by keyboard and for highlighting. */
import type { PlacedNode } from '../../layout-worker/graph-layout.ts';

export interface WalkEdge {
  readonly index: number;
  readonly source: string;
  readonly target: string;
}

export type Direction = 'left' | 'right' | 'up' | 'down';

/** Everything upstream and downstream of a vertex, itself included. */
export function relatedVertices(edges: readonly WalkEdge[], from: string): Set<string> {
  const related = new Set([from]);
  for (const [near, far] of [
    ['source', 'target'],
    ['target', 'source'],
  ] as const) {
    const queue = [from];
    for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
      for (const edge of edges) {
        if (edge[near] !== id || related.has(edge[far])) continue;
        related.add(edge[far]);
        queue.push(edge[far]);
      }
    }
  }
  return related;
}

/**
 * Where an arrow key leads: along an edge to the left or right, to the neighbour in the same
 * column up or down; null at the border.
 */
export function neighbour(
  nodes: readonly PlacedNode[],
  edges: readonly WalkEdge[],
  from: string,
  direction: Direction,
): string | null {
  const here = nodes.find(({ id }) => id === from);
  if (here === undefined) return null;
  const candidates =
    direction === 'left' || direction === 'right'
      ? alongEdges(nodes, edges, from, direction)
      : inColumn(nodes, here, direction);
  const distance = (node: PlacedNode) => Math.abs(centre(node) - centre(here));
  candidates.sort((a, b) => distance(a) - distance(b));
  return candidates[0]?.id ?? null;
}

function alongEdges(
  nodes: readonly PlacedNode[],
  edges: readonly WalkEdge[],
  from: string,
  direction: 'left' | 'right',
): PlacedNode[] {
  const ids = new Set(
    direction === 'right'
      ? edges.filter(({ source }) => source === from).map(({ target }) => target)
      : edges.filter(({ target }) => target === from).map(({ source }) => source),
  );
  return nodes.filter(({ id }) => ids.has(id));
}

function inColumn(
  nodes: readonly PlacedNode[],
  here: PlacedNode,
  direction: 'up' | 'down',
): PlacedNode[] {
  return nodes.filter((node) => {
    if (node.id === here.id || Math.abs(node.x - here.x) > node.width / 2) return false;
    return direction === 'up' ? centre(node) < centre(here) : centre(node) > centre(here);
  });
}

function centre(node: PlacedNode): number {
  return node.y + node.height / 2;
}
