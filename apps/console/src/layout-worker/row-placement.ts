/**
 * Rows of a layered graph: each node as near as it can be to the middle of its neighbours, in the
 * order given, without touching.
 *
 * Positions are middles. Solved layer by layer, forth and back, by pooling adjacent violators,
 * which is the least-squares answer for one layer. O(rounds · (V + E)).
 */
export interface RowNode {
  readonly id: string;
  /** Room above and below the middle. */
  readonly above: number;
  readonly below: number;
}

export interface RowEdge {
  readonly source: string;
  readonly target: string;
}

const ROUNDS = 12;

/** Middle of each node by id. */
export function placeRows(
  layers: readonly (readonly RowNode[])[],
  edges: readonly RowEdge[],
  gap: number,
): Map<string, number> {
  const middle = new Map<string, number>();
  for (const layer of layers) stack(layer, gap, middle);
  const before = neighboursOf(edges, 'target', 'source');
  const after = neighboursOf(edges, 'source', 'target');
  for (let round = 0; round < ROUNDS; round++) {
    const forth = round % 2 === 0;
    const order = forth ? layers : [...layers].reverse();
    for (const layer of order) settle(layer, forth ? before : after, gap, middle);
  }
  for (const layer of layers) settle(layer, joined(before, after), gap, middle);
  straighten(layers, before, after, middle);
  return middle;
}

function stack(layer: readonly RowNode[], gap: number, middle: Map<string, number>): void {
  const height = layer.reduce((sum, node) => sum + node.above + node.below + gap, -gap);
  let top = -height / 2;
  for (const { id, above, below } of layer) {
    middle.set(id, top + above);
    top += above + below + gap;
  }
}

type Neighbours = ReadonlyMap<string, readonly string[]>;

function neighboursOf(
  edges: readonly RowEdge[],
  from: 'source' | 'target',
  to: 'source' | 'target',
): Neighbours {
  const lists = new Map<string, string[]>();
  for (const edge of edges) {
    const list = lists.get(edge[from]);
    if (list === undefined) lists.set(edge[from], [edge[to]]);
    else list.push(edge[to]);
  }
  return lists;
}

function joined(a: Neighbours, b: Neighbours): Neighbours {
  const both = new Map(a);
  for (const [id, list] of b) both.set(id, [...(both.get(id) ?? []), ...list]);
  return both;
}

interface Block {
  sum: number;
  count: number;
  readonly offsets: { readonly id: string; readonly offset: number }[];
}

function settle(
  layer: readonly RowNode[],
  neighbours: Neighbours,
  gap: number,
  middle: Map<string, number>,
): void {
  const blocks: Block[] = [];
  let offset = 0;
  let last: RowNode | null = null;
  for (const node of layer) {
    if (last !== null) offset += last.below + gap + node.above;
    last = node;
    const near = neighbours.get(node.id) ?? [];
    const wanted =
      near.length === 0
        ? middle.get(node.id)!
        : near.reduce((sum, id) => sum + middle.get(id)!, 0) / near.length;
    blocks.push({ sum: wanted - offset, count: 1, offsets: [{ id: node.id, offset }] });
    pool(blocks);
  }
  for (const { sum, count, offsets } of blocks) {
    for (const { id, offset: own } of offsets) middle.set(id, sum / count + own);
  }
}

/** A node alone in its column takes the height of its only successor: the edge becomes level. */
function straighten(
  layers: readonly (readonly RowNode[])[],
  before: Neighbours,
  after: Neighbours,
  middle: Map<string, number>,
): void {
  for (const layer of [...layers].reverse()) {
    const [only, ...others] = layer;
    if (only === undefined || others.length > 0) continue;
    const [next, ...more] = after.get(only.id) ?? [];
    if (next === undefined || more.length > 0 || before.get(next)?.length !== 1) continue;
    middle.set(only.id, middle.get(next)!);
  }
}

/** Joins the last blocks while they would overlap. */
function pool(blocks: Block[]): void {
  while (blocks.length > 1) {
    const lower = blocks.at(-1)!;
    const upper = blocks.at(-2)!;
    if (upper.sum / upper.count <= lower.sum / lower.count) return;
    blocks.pop();
    upper.sum += lower.sum;
    upper.count += lower.count;
    upper.offsets.push(...lower.offsets);
  }
}
