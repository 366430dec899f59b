/**
 * What the graph shows of all vertices at a tick: made in one pass over the tick's columns, and read
 * by everything that draws many of them. Positions are those of the topology.
 */
import type { JobTick, JobTopology, VertexField } from '@weir/console-protocol';
import {
  type CheckpointTimes,
  type ColourMode,
  type ColourScale,
  type ColourSource,
  colourScale,
  modeColour,
  modeValue,
} from './colour-mode.ts';
import { lagsOf } from '../watermarks/vertex-lag.ts';
import { hatches, VICTIM_FROM } from './node-view.ts';

export interface GraphValues {
  readonly scale: ColourScale;
  /** What the colours stand for; NaN while unknown. */
  readonly values: Float64Array;
  /** Share of time held up, of the subtask that is most; NaN while unknown. */
  readonly pressure: Float64Array;
  /** A colour of CSS, or `HATCH`. */
  readonly fills: readonly string[];
  /** Position of the vertex that limits the job; -1 = none. */
  readonly cause: number;
}

/** In the place of a colour: held up. */
export const HATCH = 'hatch';

export interface ValuesSource extends ColourSource {
  readonly topology: JobTopology | null;
  readonly latest: JobTick | null;
  /** Id of the vertex that limits the job; null while none does. */
  readonly limiting: string | null;
  column(field: VertexField, into: Float64Array): void;
}

export function graphValues(
  source: ValuesSource,
  mode: ColourMode,
  checkpoints: CheckpointTimes,
): GraphValues {
  const vertices = source.topology?.vertices ?? [];
  const column = (field: VertexField) => {
    const into = new Float64Array(vertices.length);
    source.column(field, into);
    return into;
  };
  const pressure = firstKnown(column('backpressuredMax'), column('backpressured'));
  const values =
    mode === 'backpressure' ? pressure : valuesOf(source, mode, checkpoints, vertices, column);
  const { limiting } = source;
  const cause = limiting === null ? -1 : vertices.findIndex(({ id }) => id === limiting);
  const scale = colourScale(mode, values);
  const hatched = hatches(scale);
  const fills: string[] = [];
  for (let at = 0; at < values.length; at++) {
    const value = values[at]!;
    const held = hatched && at !== cause && pressure[at]! > VICTIM_FROM;
    const known = Number.isNaN(value) ? null : value;
    fills.push(held ? HATCH : modeColour(scale, known, at === cause).fill);
  }
  return { scale, values, pressure, fills, cause };
}

function valuesOf(
  source: ValuesSource,
  mode: ColourMode,
  checkpoints: CheckpointTimes,
  vertices: JobTopology['vertices'],
  column: (field: VertexField) => Float64Array,
): Float64Array {
  switch (mode) {
    case 'busyness':
      return column('busy');
    case 'records':
      return firstKnown(column('recordsIn'), column('recordsOut'));
    case 'state':
      return column('stateBytes');
    case 'lag': {
      const lags = column('watermark');
      if (source.latest !== null) lagsOf(source.latest, lags);
      return lags;
    }
    default:
      return Float64Array.from(
        vertices,
        ({ id }) => modeValue(mode, source, id, checkpoints) ?? Number.NaN,
      );
  }
}

/** In place of the first. */
function firstKnown(first: Float64Array, second: Float64Array): Float64Array {
  for (let at = 0; at < first.length; at++) {
    if (Number.isNaN(first[at])) first[at] = second[at]!;
  }
  return first;
}

/** Whether a vertex is held up. */
export function isHeld({ pressure }: GraphValues, at: number): boolean {
  return pressure[at]! > VICTIM_FROM;
}

/** The highest of some vertices; null while nothing is known. */
export function highestOf(values: Float64Array, places: readonly number[]): number | null {
  let most = Number.NEGATIVE_INFINITY;
  for (const at of places) if (values[at]! > most) most = values[at]!;
  return most === Number.NEGATIVE_INFINITY ? null : most;
}
