/**
 * Where the frames of a flame graph lie. Siblings keep their places from answer to answer: who was
 * there first stays left of who came later, the heavier one first.
 */
import type { FlameForest } from './flame-forest.ts';

export interface FlameLayout {
  /** Shown nodes, row by row; times are shares of the width. */
  readonly node: readonly number[];
  readonly left: Float64Array;
  readonly right: Float64Array;
  readonly row: Int32Array;
  readonly rows: number;
}

/** Remembers the order of siblings, by path. */
export class SiblingOrder {
  readonly #rank = new Map<string, number>();

  sorted(forest: FlameForest, nodes: readonly number[]): number[] {
    const rank = (node: number) => this.#rank.get(forest.path[node]!) ?? Number.POSITIVE_INFINITY;
    const sorted = [...nodes].sort(
      (a, b) => compare(rank(a), rank(b)) || forest.total[b]! - forest.total[a]!,
    );
    for (const node of sorted) {
      const path = forest.path[node]!;
      if (!this.#rank.has(path)) this.#rank.set(path, this.#rank.size);
    }
    return sorted;
  }
}

function compare(left: number, right: number): number {
  return left === right ? 0 : left - right;
}

/**
 * `zoom`: the node that takes the whole width, below its callers; −1 = all. Row 0 is left for the
 * whole. Nodes narrower than `minWidth` (a share of the width) are left out.
 */
export function flameLayout(
  forest: FlameForest,
  zoom: number,
  order: SiblingOrder,
  minWidth: number,
): FlameLayout {
  const node: number[] = [];
  const left: number[] = [];
  const right: number[] = [];
  const row: number[] = [];
  let rows = 1;
  const place = (at: number, from: number, to: number) => {
    node.push(at);
    left.push(from);
    right.push(to);
    row.push(forest.depth[at]! + 1);
    rows = Math.max(rows, forest.depth[at]! + 2);
  };
  for (let at = zoom < 0 ? -1 : forest.parent[zoom]!; at >= 0; at = forest.parent[at]!) {
    place(at, 0, 1);
  }
  const scale = 1 / Math.max(Number.MIN_VALUE, zoom < 0 ? forest.totalMs : forest.total[zoom]!);
  const pending: [nodes: readonly number[], from: number][] = [
    [zoom < 0 ? forest.roots : [zoom], 0],
  ];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    let [nodes, from] = next;
    for (const at of order.sorted(forest, nodes)) {
      const width = forest.total[at]! * scale;
      if (width >= minWidth) {
        place(at, from, from + width);
        pending.push([forest.children[at]!, from]);
      }
      from += width;
    }
  }
  return {
    node,
    left: Float64Array.from(left),
    right: Float64Array.from(right),
    row: Int32Array.from(row),
    rows,
  };
}

/** The node at a place, by share of the width and row; −1 = none. */
export function hitNode(layout: FlameLayout, x: number, row: number): number {
  for (let i = 0; i < layout.node.length; i++) {
    if (layout.row[i] === row && x >= layout.left[i]! && x < layout.right[i]!) {
      return layout.node[i]!;
    }
  }
  return -1;
}

export type FlameStep = 'up' | 'down' | 'left' | 'right';

/** The neighbour in the picture: caller, heaviest callee, sibling; the node itself at an end. */
export function stepFrom(layout: FlameLayout, forest: FlameForest, from: number, step: FlameStep) {
  const at = layout.node.indexOf(from);
  if (at < 0) return layout.node[0] ?? -1;
  if (step === 'up') return forest.parent[from]! < 0 ? from : forest.parent[from]!;
  const shown = layout.node.map((node, i) => ({ node, left: layout.left[i]! }));
  if (step === 'down') {
    const below = shown.filter(({ node }) => forest.parent[node] === from);
    return below.length === 0
      ? from
      : heaviest(
          below.map(({ node }) => node),
          forest,
        );
  }
  const row = shown
    .filter(({ node }) => forest.depth[node] === forest.depth[from])
    .sort((a, b) => a.left - b.left);
  const place = row.findIndex(({ node }) => node === from) + (step === 'left' ? -1 : 1);
  return row[place]?.node ?? from;
}

function heaviest(nodes: readonly number[], forest: FlameForest): number {
  return nodes.reduce((best, node) => (forest.total[node]! > forest.total[best]! ? node : best));
}
