/**
 * Two profiles compared as shares: how many points of the whole each call takes more or less than
 * before, whatever the two lasted.
 *
 * Law: the points of all self times, of calls that are gone too, add up to nothing.
 */
import type { FlameFrame } from '@weir/console-protocol';
import { type FlameForest, frameOf } from './flame-forest.ts';

export interface FlameDiff {
  /** By node of `now`: points of its total and of its self time. */
  readonly total: Float64Array;
  readonly self: Float64Array;
  /** Calls that were there before only, heaviest first; points below nothing. */
  readonly gone: readonly { readonly frame: FlameFrame; readonly points: number }[];
}

export function flameDiff(now: FlameForest, before: FlameForest): FlameDiff {
  const then = new Map(before.path.map((path, node) => [path, node]));
  const share = (forest: FlameForest, ms: number) =>
    forest.totalMs === 0 ? 0 : (100 * ms) / forest.totalMs;
  const total = new Float64Array(now.frame.length);
  const self = new Float64Array(now.frame.length);
  now.path.forEach((path, node) => {
    const old = then.get(path);
    const oldTotal = old === undefined ? 0 : share(before, before.total[old]!);
    const oldSelf = old === undefined ? 0 : share(before, before.self[old]!);
    total[node] = share(now, now.total[node]!) - oldTotal;
    self[node] = share(now, now.self[node]!) - oldSelf;
  });
  const present = new Set(now.path);
  const gone = before.path.flatMap((path, node) => {
    const above = before.parent[node]!;
    const isTop = above < 0 || present.has(before.path[above]!);
    if (present.has(path) || !isTop) return [];
    return [{ frame: frameOf(before, node), points: -share(before, before.total[node]!) }];
  });
  return { total, self, gone: gone.sort((left, right) => left.points - right.points) };
}

/** −3…3: how strongly a share fell or grew. */
export function diffStep(points: number): number {
  const size = Math.abs(points);
  const step = size >= 1.5 ? 3 : size >= 0.75 ? 2 : size >= 0.15 ? 1 : 0;
  return points < 0 ? -step : step;
}
