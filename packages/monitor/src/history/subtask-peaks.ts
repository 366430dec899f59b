/** Which subtask of each vertex stands out, and by how much: what a tick says beside its sums. */
import type { JobTick, VertexTick } from '@weir/console-protocol';
import { type VertexPlace, SUBTASK_COLUMN } from './subtask-columns.ts';

type Peaks = Partial<VertexTick>;

/** @param values figures of the same second, placed by `places`, in the order of the vertices. */
export function withPeaks(
  tick: JobTick,
  places: readonly VertexPlace[],
  values: Float64Array,
): JobTick {
  const vertices = tick.vertices.map((vertex, at) => {
    const place = places[at];
    if (place === undefined || place.parallelism < 2) return vertex;
    return { ...vertex, ...peaksOf(place, values) };
  });
  return { ...tick, vertices };
}

function peaksOf({ at, parallelism }: VertexPlace, values: Float64Array): Peaks {
  const column = (name: keyof typeof SUBTASK_COLUMN) => {
    const from = at + SUBTASK_COLUMN[name] * parallelism;
    return values.subarray(from, from + parallelism);
  };
  const held = column('backpressured');
  const [reading, late] = [highest(column('recordsIn')), highest(column('watermarkLag'))];
  const [behind, large] = [highest(column('pendingRecords')), highest(column('stateBytes'))];
  return {
    backpressuredMean: rounded(mean(held), 1000),
    backpressuredSubtask: highest(held)?.subtask ?? null,
    recordsInMax: rounded(reading?.value ?? null, 10),
    recordsInSubtask: reading?.subtask ?? null,
    watermarkSubtask: late?.subtask ?? null,
    pendingMax: behind?.value ?? null,
    pendingSubtask: behind?.subtask ?? null,
    stateBytesMax: large?.value ?? null,
    stateBytesSubtask: large?.subtask ?? null,
  };
}

/** The first of the highest; null where nothing is known. */
function highest(values: Float64Array): { subtask: number; value: number } | null {
  let subtask = -1;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!Number.isNaN(value) && (subtask < 0 || value > values[subtask]!)) subtask = i;
  }
  return subtask < 0 ? null : { subtask, value: values[subtask]! };
}

function mean(values: Float64Array): number | null {
  let sum = 0;
  let known = 0;
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    sum += value;
    known++;
  }
  return known === 0 ? null : sum / known;
}

function rounded(value: number | null, factor: number): number | null {
  return value === null ? null : Math.round(value * factor) / factor;
}
