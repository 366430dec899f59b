/** What a flame graph says of one function: who calls it, what it calls, what it takes. */
import type { FlameFrame } from '@weir/console-protocol';
import { type FlameForest, frameOf } from './flame-forest.ts';

export interface FlameEntry {
  readonly frame: FlameFrame;
  readonly key: string;
  /** ms. */
  readonly self: number;
  readonly total: number;
  /** Of the node where it takes most. */
  readonly owner: string;
  readonly path: string;
}

export interface Sandwich {
  readonly frame: FlameFrame;
  readonly self: number;
  readonly total: number;
  /** Heaviest first; time that the function took when called from there. */
  readonly callers: readonly FlameEntry[];
  readonly callees: readonly FlameEntry[];
}

/** All occurrences of a frame in one; a call of itself counts once. Null when it is not there. */
export function sandwich(forest: FlameForest, key: string): Sandwich | null {
  const at = forest.keys.indexOf(key);
  if (at < 0) return null;
  const callers = new EntrySums(forest);
  const callees = new EntrySums(forest);
  let self = 0;
  let total = 0;
  forest.frame.forEach((frame, node) => {
    if (frame !== at) return;
    self += forest.self[node]!;
    for (const child of forest.children[node]!) {
      if (forest.frame[child] !== at) {
        callees.add(child, forest.self[child]!, forest.total[child]!);
      }
    }
    if (isWithin(forest, node, at)) return;
    total += forest.total[node]!;
    const caller = forest.parent[node]!;
    if (caller >= 0) callers.add(caller, forest.self[node]!, forest.total[node]!);
  });
  return { frame: forest.frames[at]!, self, total, callers: callers.all(), callees: callees.all() };
}

/** Functions by self time, heaviest first. */
export function heaviestBySelf(forest: FlameForest, most: number): FlameEntry[] {
  const sums = new EntrySums(forest);
  forest.frame.forEach((_, node) => {
    if (forest.self[node]! > 0) sums.add(node, forest.self[node]!, forest.self[node]!);
  });
  return sums.all().slice(0, most);
}

/** The job's own function that takes most with what it calls and is not the job's. */
export function hottestOwn(
  forest: FlameForest,
): { readonly frame: FlameFrame; readonly ms: number; readonly path: string } | null {
  const sums = new Map<number, { ms: number; node: number; most: number }>();
  forest.self.forEach((ms, node) => {
    for (let at = node; at >= 0; at = forest.parent[at]!) {
      if (frameOf(forest, at).kind !== 'user') continue;
      const sum = sums.get(forest.frame[at]!) ?? { ms: 0, node: at, most: 0 };
      sums.set(forest.frame[at]!, sum);
      sum.ms += ms;
      if (forest.total[at]! > sum.most) Object.assign(sum, { node: at, most: forest.total[at]! });
      return;
    }
  });
  const [hottest] = [...sums.values()].sort((a, b) => b.ms - a.ms);
  if (hottest === undefined) return null;
  const { node, ms } = hottest;
  return { frame: frameOf(forest, node), ms, path: forest.path[node]! };
}

export interface FlameMatches {
  readonly nodes: ReadonlySet<number>;
  /** ms in functions that match and what they call. */
  readonly ms: number;
}

/** Frames whose name or file has the text in it; none for an empty text. */
export function matchesOf(forest: FlameForest, text: string): FlameMatches {
  const wanted = text.trim().toLowerCase();
  const nodes = new Set<number>();
  if (wanted === '') return { nodes, ms: 0 };
  const fits = forest.frames.map(({ name, file }) =>
    `${name} ${file ?? ''}`.toLowerCase().includes(wanted),
  );
  let ms = 0;
  const within = new Uint8Array(forest.frame.length);
  forest.frame.forEach((frame, node) => {
    const above = forest.parent[node]!;
    const inside = above >= 0 && within[above] === 1;
    if (fits[frame]) {
      nodes.add(node);
      if (!inside) ms += forest.total[node]!;
    }
    within[node] = inside || fits[frame] ? 1 : 0;
  });
  return { nodes, ms };
}

function isWithin(forest: FlameForest, node: number, frame: number): boolean {
  for (let at = forest.parent[node]!; at >= 0; at = forest.parent[at]!) {
    if (forest.frame[at] === frame) return true;
  }
  return false;
}

class EntrySums {
  readonly #forest: FlameForest;
  readonly #sums = new Map<number, { self: number; total: number; most: number; node: number }>();

  constructor(forest: FlameForest) {
    this.#forest = forest;
  }

  add(node: number, self: number, total: number): void {
    const frame = this.#forest.frame[node]!;
    const sum = this.#sums.get(frame) ?? { self: 0, total: 0, most: -1, node };
    this.#sums.set(frame, sum);
    sum.self += self;
    sum.total += total;
    if (total <= sum.most) return;
    sum.most = total;
    sum.node = node;
  }

  all(): FlameEntry[] {
    const forest = this.#forest;
    return [...this.#sums]
      .map(([frame, { self, total, node }]) => ({
        frame: frameOf(forest, node),
        key: forest.keys[frame]!,
        self,
        total,
        owner: forest.owner[node]!,
        path: forest.path[node]!,
      }))
      .sort((left, right) => right.total - left.total);
  }
}
