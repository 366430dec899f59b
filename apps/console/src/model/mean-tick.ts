/**
 * Many ticks as the one that a range shows: every number is the mean of what is known of it, the
 * words are the last ones, and an operator counts as the bottleneck that was it most of the time.
 */
import type { EdgeTick, JobTick, VertexTick } from '@weir/console-protocol';

/** @param ticks of one topology, oldest first; null without any. */
export function meanTick(ticks: readonly JobTick[]): JobTick | null {
  const last = ticks.at(-1);
  if (last === undefined) return null;
  return {
    ...means(last, ticks),
    t: last.t,
    vertices: last.vertices.map((vertex, i): VertexTick => {
      const all = ticks.flatMap((tick) => tick.vertices[i] ?? []);
      return { ...means(vertex, all), busySubtask: mostOften(all.map((one) => one.busySubtask)) };
    }),
    edges: last.edges.map((edge, i): EdgeTick => {
      const all = ticks.flatMap((tick) => tick.edges[i] ?? []);
      return { ...means(edge, all), index: edge.index };
    }),
    bottleneck: mainBottleneck(ticks),
    forming: null,
  };
}

/** `last` with the mean of all in the place of each of its numbers. */
function means<T extends object>(last: T, all: readonly T[]): T {
  const result = { ...last };
  for (const [field, value] of Object.entries(last)) {
    if (typeof value !== 'number' && value !== null) continue;
    const mean = meanOf(all, field as keyof T);
    if (mean !== undefined) Object.assign(result, { [field]: mean });
  }
  return result;
}

/** Null when nothing is known; undefined for what is not a number. */
function meanOf<T>(all: readonly T[], field: keyof T): number | null | undefined {
  let sum = 0;
  let known = 0;
  for (const one of all) {
    const value: unknown = one[field];
    if (typeof value === 'number') {
      sum += value;
      known++;
    } else if (value !== null && value !== undefined) return undefined;
  }
  return known === 0 ? null : sum / known;
}

function mainBottleneck(ticks: readonly JobTick[]): JobTick['bottleneck'] {
  const named = ticks.filter(({ bottleneck }) => bottleneck != null);
  const id = mostOften(named.map(({ bottleneck }) => bottleneck?.vertexId ?? ''));
  const its = named.filter(({ bottleneck }) => bottleneck?.vertexId === id);
  return its.length * 2 > ticks.length ? (its.at(-1)?.bottleneck ?? null) : null;
}

function mostOften<T>(values: readonly T[]): T {
  const counts = new Map<T, number>();
  let most: T = values[0]!;
  for (const value of values) {
    const count = (counts.get(value) ?? 0) + 1;
    counts.set(value, count);
    if (count > (counts.get(most) ?? 0)) most = value;
  }
  return most;
}
