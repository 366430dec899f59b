/**
 * Grows a forest of calls: equal frames below the same parent are one node. Profiles are gathered
 * and merged in these, in the TaskManager and in the server alike.
 *
 * Law: the self times of the nodes add up to everything that was added.
 */
import type { FlameFrame, FlameTree, FrameKind } from '@weir/console-protocol';

/** A frame without the lines, which the tree counts. */
export type CallFrame<Kind extends FrameKind = FrameKind> = Omit<FlameFrame, 'lines' | 'kind'> & {
  readonly kind: Kind;
};

type TreeOf<Kind extends FrameKind> = Omit<FlameTree, 'frames'> & {
  frames: (Omit<FlameFrame, 'kind'> & { kind: Kind })[];
};

const LINES_MAX = 8;
/** Parent of what is called from nowhere. */
export const ROOT = -1;

interface AddedTree<Kind extends FrameKind> {
  readonly frames: readonly (CallFrame<Kind> & {
    readonly lines: readonly (readonly [line: number, selfMs: number])[];
  })[];
  readonly frame: readonly number[];
  readonly parent: readonly number[];
  readonly self: readonly number[];
}

export class CallTree<Kind extends FrameKind = FrameKind> {
  readonly #frames: CallFrame<Kind>[] = [];
  readonly #lines: Map<number, number>[] = [];
  readonly #frameAt = new Map<string, number>();
  readonly #frame: number[] = [];
  readonly #parent: number[] = [];
  readonly #self: number[] = [];
  /** By parent and frame. */
  readonly #nodeAt = new Map<string, number>();

  get size(): number {
    return this.#frame.length;
  }

  /** The node of that frame below `parent`, made if there is none yet. */
  child(parent: number, frame: CallFrame<Kind>): number {
    return this.#child(parent, this.#intern(frame));
  }

  /** `line`: the one that ran, if known. */
  addSelf(node: number, ms: number, line: number | null = null): void {
    this.#self[node]! += ms;
    if (line !== null) this.#addLine(this.#frame[node]!, line, ms);
  }

  /** All of a tree below `under`, its times multiplied by `scale`. */
  add(tree: AddedTree<Kind>, under: number = ROOT, scale = 1): void {
    const frames = tree.frames.map(({ lines, ...frame }) => {
      const at = this.#intern(frame);
      for (const [line, ms] of lines) this.#addLine(at, line, ms * scale);
      return at;
    });
    const nodes: number[] = [];
    tree.frame.forEach((frame, i) => {
      const parent = tree.parent[i]!;
      const node = this.#child(parent < 0 ? under : nodes[parent]!, frames[frame]!);
      nodes.push(node);
      this.#self[node]! += tree.self[i]! * scale;
    });
  }

  toTree(): TreeOf<Kind> {
    return {
      frames: this.#frames.map((frame, i) => ({ ...frame, lines: heaviest(this.#lines[i]!) })),
      frame: [...this.#frame],
      parent: [...this.#parent],
      self: this.#self.map(rounded),
    };
  }

  #child(parent: number, frame: number): number {
    const key = `${parent} ${frame}`;
    const known = this.#nodeAt.get(key);
    if (known !== undefined) return known;
    const node = this.#frame.length;
    this.#frame.push(frame);
    this.#parent.push(parent);
    this.#self.push(0);
    this.#nodeAt.set(key, node);
    return node;
  }

  #intern(frame: CallFrame<Kind>): number {
    const key = frameKey(frame);
    const known = this.#frameAt.get(key);
    if (known !== undefined) return known;
    const at = this.#frames.length;
    this.#frames.push(frame);
    this.#lines.push(new Map());
    this.#frameAt.set(key, at);
    return at;
  }

  #addLine(frame: number, line: number, ms: number): void {
    const lines = this.#lines[frame]!;
    lines.set(line, (lines.get(line) ?? 0) + ms);
  }
}

/** What tells frames apart. */
export function frameKey(frame: CallFrame): string {
  const { kind, name, file, line, vertexId, operatorId } = frame;
  return `${kind}|${name}|${file}|${line}|${vertexId}|${operatorId}`;
}

/** Total time of the tree in ms. */
export function totalOf(tree: { readonly self: readonly number[] }): number {
  return tree.self.reduce((sum, ms) => sum + ms, 0);
}

function heaviest(lines: ReadonlyMap<number, number>): [number, number][] {
  return [...lines]
    .sort((left, right) => right[1] - left[1])
    .slice(0, LINES_MAX)
    .map(([line, ms]) => [line, rounded(ms)]);
}

/** Microseconds are fine enough, and short to send. */
function rounded(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
