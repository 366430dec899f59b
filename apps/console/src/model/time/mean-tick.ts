/**
 * Many ticks as the one that a range shows: every number is the mean of what is known of it, the
 * words are the last ones, and an operator counts as the bottleneck that was it most of the time.
 */
import type { EdgeTick, JobTick, VertexTick } from '@weir/console-protocol';
import { holdsAt } from '../verdict/limiting-vertex.ts';
import { vertexLag } from '../watermarks/vertex-lag.ts';

/** @param ticks of one topology, oldest first; null without any. */
export function meanTick(ticks: readonly JobTick[]): JobTick | null {
  const last = ticks.at(-1);
  if (last === undefined) return null;
  const mean = means(last, ticks);
  return {
    ...mean,
    t: last.t,
    vertices: last.vertices.map((vertex, i) => ({
      ...meanVertex(vertex, ticks, i),
      watermark: meanWatermark(mean, ticks, i),
    })),
    edges: last.edges.map((edge, i): EdgeTick => {
      const all = ticks.flatMap((tick) => tick.edges[i] ?? []);
      return { ...means(edge, all), index: edge.index };
    }),
    bottleneck: mainBottleneck(ticks),
    forming: null,
  };
}

/** The one that lags behind the newest event time by the mean of the lags. */
function meanWatermark(mean: JobTick, ticks: readonly JobTick[], at: number): number | null {
  const lags = ticks.map((tick) => vertexLag(tick, tick.vertices[at] ?? null));
  const lag = meanOf(lags.filter((one) => one !== null));
  if (lag === null || mean.watermark === null || mean.watermarkLag === null) return null;
  return mean.watermark + mean.watermarkLag - lag;
}

function meanVertex(last: VertexTick, ticks: readonly JobTick[], at: number): VertexTick {
  const all = ticks.flatMap((tick) => tick.vertices[at] ?? []);
  const mean = { ...means(last, all), lateRecords: last.lateRecords };
  if (last.operators === undefined) return mean;
  const operators = last.operators.map((operator, i) =>
    means(
      operator,
      all.flatMap((one) => one.operators?.[i] ?? []),
    ),
  );
  return { ...mean, operators };
}

/**
 * `last` with the mean of all in the place of each of its numbers; a number that names a subtask is
 * the one that was it most often.
 */
function means<T extends object>(last: T, all: readonly T[]): T {
  const result = { ...last };
  for (const [field, value] of Object.entries(last)) {
    if (typeof value !== 'number' && value !== null) continue;
    const known = all
      .map((one): unknown => one[field as keyof T])
      .filter((one) => one !== null && one !== undefined);
    const numbers = known.filter((one) => typeof one === 'number');
    if (numbers.length < known.length) continue;
    const mean = field.endsWith('Subtask') ? mostOften(numbers) : meanOf(numbers);
    Object.assign(result, { [field]: mean });
  }
  return result;
}

function meanOf(numbers: readonly number[]): number | null {
  if (numbers.length === 0) return null;
  return numbers.reduce((sum, one) => sum + one, 0) / numbers.length;
}

function mainBottleneck(ticks: readonly JobTick[]): JobTick['bottleneck'] {
  const named = ticks.filter(({ t, bottleneck }) => bottleneck != null && holdsAt(bottleneck, t));
  const id = mostOften(named.map(({ bottleneck }) => bottleneck?.vertexId ?? ''));
  const its = named.filter(({ bottleneck }) => bottleneck?.vertexId === id);
  return its.length * 2 > ticks.length ? (its.at(-1)?.bottleneck ?? null) : null;
}

function mostOften<T>(values: readonly T[]): T | null {
  const counts = new Map<T, number>();
  let most: T | null = null;
  for (const value of values) {
    const count = (counts.get(value) ?? 0) + 1;
    counts.set(value, count);
    if (most === null || count > (counts.get(most) ?? 0)) most = value;
  }
  return most;
}
