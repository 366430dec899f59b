/**
 * A profile's call tree as the flame graph works on it: typed arrays, totals, and names for nodes
 * and frames that stay the same from one answer to the next.
 *
 * Law: totals of the roots add up to the tree's time, whether the engine's frames are shown or
 * folded.
 */
import type { FlameFrame, FlameTree } from '@weir/console-protocol';

export interface FlameForest {
  readonly frames: readonly FlameFrame[];
  /** By frame: what tells it from others. */
  readonly keys: readonly string[];
  /** By node, parents before children; −1 = a root. */
  readonly frame: Int32Array;
  readonly parent: Int32Array;
  readonly depth: Int32Array;
  readonly self: Float64Array;
  readonly total: Float64Array;
  /** Names the node by its way from the root. */
  readonly path: readonly string[];
  readonly children: readonly (readonly number[])[];
  readonly roots: readonly number[];
  readonly totalMs: number;
  /** By node: the operator that it belongs to; vertex and operator id, '' = none. */
  readonly owner: readonly string[];
}

const ENGINE: FlameFrame = {
  name: 'engine',
  kind: 'engine',
  file: null,
  line: null,
  package: null,
  vertexId: null,
  operatorId: null,
  lines: [],
};
const NO_VERTICES: ReadonlySet<string> = new Set();
/** What the engine calls belongs to it, until the user's code runs again. */
const FOLDED_BELOW = new Set<FlameFrame['kind']>(['node', 'native']);

/**
 * `engine`: are the engine's own frames shown, or folded into one below their caller?
 * `single`: vertices of one operator, which is told once, as its vertex.
 */
export function flameForest(
  tree: FlameTree,
  engine: 'shown' | 'folded',
  single: ReadonlySet<string> = NO_VERTICES,
): FlameForest {
  const builder = new ForestBuilder();
  const frames = tree.frames.map((frame) => builder.frame(frame));
  const at: number[] = [];
  /** Nodes whose own time is the engine's, below the node that stands for them. */
  const folded: boolean[] = [];
  tree.frame.forEach((frame, i) => {
    const above = tree.parent[i]!;
    const parent = above < 0 ? -1 : at[above]!;
    const { kind, vertexId } = tree.frames[frame]!;
    folded[i] =
      engine === 'folded' &&
      (kind === 'engine' || (above >= 0 && folded[above]! && FOLDED_BELOW.has(kind)));
    const told = kind === 'operator' && single.has(vertexId ?? '') && builder.isVertex(parent);
    at[i] = folded[i] || told ? parent : builder.node(parent, frames[frame]!);
    const ms = tree.self[i]!;
    if (ms === 0) return;
    builder.add(folded[i] ? builder.node(parent, builder.frame(ENGINE)) : at[i]!, ms);
  });
  return builder.forest();
}

/** The node with that path; −1 when the profile has none. */
export function nodeAt(forest: FlameForest, path: string | null | undefined): number {
  return path == null ? -1 : forest.path.indexOf(path);
}

export function frameOf(forest: FlameForest, node: number): FlameFrame {
  return forest.frames[forest.frame[node]!]!;
}

export function frameKey({ kind, name, file, line, vertexId, operatorId }: FlameFrame): string {
  return `${kind}|${name}|${file}|${line}|${vertexId}|${operatorId}`;
}

class ForestBuilder {
  readonly #frames: FlameFrame[] = [];
  readonly #keys: string[] = [];
  readonly #frameAt = new Map<string, number>();
  readonly #nodeAt = new Map<string, number>();
  readonly #frame: number[] = [];
  readonly #parent: number[] = [];
  readonly #self: number[] = [];

  frame(frame: FlameFrame): number {
    const key = frameKey(frame);
    const known = this.#frameAt.get(key);
    if (known !== undefined) return known;
    this.#frameAt.set(key, this.#frames.length);
    this.#keys.push(key);
    return this.#frames.push(frame) - 1;
  }

  node(parent: number, frame: number): number {
    const key = `${parent} ${frame}`;
    const known = this.#nodeAt.get(key);
    if (known !== undefined) return known;
    this.#nodeAt.set(key, this.#frame.length);
    this.#parent.push(parent);
    this.#self.push(0);
    return this.#frame.push(frame) - 1;
  }

  isVertex(node: number): boolean {
    return node >= 0 && this.#frames[this.#frame[node]!]!.kind === 'vertex';
  }

  add(node: number, ms: number): void {
    this.#self[node]! += ms;
  }

  forest(): FlameForest {
    const count = this.#frame.length;
    const parent = Int32Array.from(this.#parent);
    const total = Float64Array.from(this.#self);
    const depth = new Int32Array(count);
    const children: number[][] = Array.from({ length: count }, () => []);
    const roots: number[] = [];
    const path: string[] = [];
    const owner: string[] = [];
    for (let node = 0; node < count; node++) {
      const above = parent[node]!;
      const frame = this.#frame[node]!;
      (above < 0 ? roots : children[above]!).push(node);
      depth[node] = above < 0 ? 0 : depth[above]! + 1;
      path.push(hashed(`${above < 0 ? '' : path[above]}>${this.#keys[frame]}`));
      owner.push(ownerOf(this.#frames[frame]!) ?? (above < 0 ? '' : owner[above]!));
    }
    for (let node = count - 1; node >= 0; node--) {
      const above = parent[node]!;
      if (above >= 0) total[above]! += total[node]!;
    }
    return {
      frames: this.#frames,
      keys: this.#keys,
      frame: Int32Array.from(this.#frame),
      parent,
      depth,
      self: Float64Array.from(this.#self),
      total,
      path,
      children,
      roots,
      totalMs: roots.reduce((sum, root) => sum + total[root]!, 0),
      owner,
    };
  }
}

function ownerOf({ vertexId, operatorId }: FlameFrame): string | null {
  return vertexId === null ? null : `${vertexId}/${operatorId ?? ''}`;
}

/**
 * 52 bits of a text; enough to tell the nodes of a profile apart, short in an address, and never
 * taken for a number there.
 */
function hashed(text: string): string {
  let low = 0x811c9dc5;
  let high = 0x1b873593;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    low = Math.imul(low ^ code, 0x01000193);
    high = Math.imul(high ^ code, 0x85ebca6b);
  }
  return `n${((high >>> 0) % 0x100000).toString(36)}${(low >>> 0).toString(36)}`;
}

export const NO_FOREST = flameForest({ frames: [], frame: [], parent: [], self: [] }, 'shown');
