/**
 * The profiles of one job that are kept: slices as the TaskManager sends them, for an hour.
 *
 * Invariants: slices are in the order of time; those older than `FINE_MS` are merged to about
 * `COARSE_MS` each; the oldest go when there are more than `NODES_MAX` nodes.
 */
import type { FlameMoment } from '@weir/console-protocol';
import type { SampledPart, ThreadSamples } from '@weir/runtime';
import { CallTree, totalOf } from './call-tree.ts';
import { type SubtaskTimes, sumOfTimes } from './task-times.ts';

export const KEPT_MS = 3_600_000;
const FINE_MS = 120_000;
const COARSE_MS = 10_000;
/** Of one job; a node is some 50 bytes. */
const NODES_MAX = 400_000;
/** Slices further apart were not sampled in between. */
const GAP_MS = 500;

export interface ProfileSlice extends ThreadSamples {
  readonly times: readonly SubtaskTimes[];
}

export class ProfileStore {
  #slices: ProfileSlice[] = [];
  #nodes = 0;

  add(slice: ProfileSlice): void {
    this.#slices.push(slice);
    this.#nodes += nodesOf(slice);
    this.#mergeOld(slice.toMs - FINE_MS);
    while (this.#nodes > NODES_MAX || this.#slices[0]!.toMs < slice.toMs - KEPT_MS) {
      this.#nodes -= nodesOf(this.#slices.shift()!);
    }
  }

  /** Slices of before the first that is here, in the order of time. */
  restore(older: readonly ProfileSlice[]): void {
    const beginMs = this.#slices[0]?.fromMs ?? Number.POSITIVE_INFINITY;
    const now = this.#slices;
    const before = older.filter(({ toMs }) => toMs <= beginMs);
    this.#slices = [];
    this.#nodes = 0;
    for (const slice of [...before, ...now]) this.add(slice);
  }

  get newest(): ProfileSlice | null {
    return this.#slices.at(-1) ?? null;
  }

  /** Slices of which at least half lies in the span. */
  within(fromMs: number, toMs: number): ProfileSlice[] {
    return this.#slices.filter((slice) => {
      const middle = (slice.fromMs + slice.toMs) / 2;
      return middle >= fromMs && middle <= toMs;
    });
  }

  /** The slice that ends nearest to a time; null if none ends within `distanceMs` of it. */
  nearest(atMs: number, distanceMs: number): ProfileSlice | null {
    let found: ProfileSlice | null = null;
    for (const slice of this.#slices) {
      const far = distance(slice, atMs);
      if (far <= distanceMs && (found === null || far <= distance(found, atMs))) found = slice;
    }
    return found;
  }

  moments(): FlameMoment[] {
    return this.#slices.map((slice) => {
      const { fromMs, toMs, parts } = slice;
      const cores: Record<string, number> = {};
      for (const { task, tree } of parts) {
        const id = task?.vertexId ?? '';
        const share = totalOf(tree) / Math.max(1, toMs - fromMs);
        cores[id] = Math.round(((cores[id] ?? 0) + share) * 1000) / 1000;
      }
      return { from: fromMs, to: toMs, cores };
    });
  }

  #mergeOld(beforeMs: number): void {
    const merged: ProfileSlice[] = [];
    for (const slice of this.#slices) {
      const last = merged.at(-1);
      const fits =
        last !== undefined &&
        slice.toMs <= beforeMs &&
        slice.toMs - last.fromMs <= COARSE_MS &&
        slice.fromMs - last.toMs <= GAP_MS;
      if (fits) merged[merged.length - 1] = mergedSlice(last, slice);
      else merged.push(slice);
    }
    if (merged.length === this.#slices.length) return;
    this.#slices = merged;
    this.#nodes = merged.reduce((sum, slice) => sum + nodesOf(slice), 0);
  }
}

function distance({ fromMs, toMs }: ProfileSlice, atMs: number): number {
  return atMs < fromMs ? fromMs - atMs : Math.max(0, atMs - toMs);
}

function mergedSlice(left: ProfileSlice, right: ProfileSlice): ProfileSlice {
  return {
    fromMs: left.fromMs,
    toMs: right.toMs,
    intervalMicros: right.intervalMicros,
    threads: Math.max(left.threads, right.threads),
    samples: left.samples + right.samples,
    parts: mergedParts([...left.parts, ...right.parts]),
    times: sumOfTimes([left.times, right.times]),
  };
}

function mergedParts(parts: readonly SampledPart[]): SampledPart[] {
  const keyOf = ({ task }: SampledPart) => `${task?.vertexId}#${task?.subtask}`;
  return [...Map.groupBy(parts, keyOf).values()].map((same) => {
    const tree = new CallTree<SampledPart['tree']['frames'][number]['kind']>();
    for (const part of same) tree.add(part.tree);
    const samples = same.reduce((sum, part) => sum + part.samples, 0);
    return { task: same[0]!.task, samples, tree: tree.toTree() };
  });
}

function nodesOf({ parts }: ProfileSlice): number {
  return parts.reduce((sum, { tree }) => sum + tree.frame.length, 0);
}
