/**
 * What colours the graph: each mode's value of a vertex, its words, its ramp, and where it stands
 * between the lowest and the highest of the whole graph. Amber to red is busyness alone; every
 * other mode is a tint of one colour, so that red stays where the cause is.
 */
import type { VertexTick } from '@weir/console-protocol';
import { busyColour, type RampColour } from './busy-ramp.ts';
import {
  bytesFigure,
  countFigure,
  durationFigure,
  type Figure,
  percentFigure,
} from '../figures/figures.ts';

export const COLOUR_MODES = [
  'busyness',
  'backpressure',
  'records',
  'lag',
  'state',
  'checkpoint',
  'skew',
] as const;
export type ColourMode = (typeof COLOUR_MODES)[number];

/** Milliseconds that the last completed checkpoint took, by vertex. */
export type CheckpointTimes = ReadonlyMap<string, number>;

/** What a mode reads of a job. */
export interface ColourSource {
  vertex(id: string): VertexTick | null;
  watermarkLag(id: string): number | null;
}

interface ModeLook {
  /** In the menu and in "Top by …". */
  readonly label: string;
  /** Before its number on a node. */
  readonly short: string;
  readonly token: string;
  /** Shares are of the whole; all else stands between lowest and highest. */
  readonly share: boolean;
  readonly figure: (value: number | null) => Figure;
}

export const MODE_LOOKS: Readonly<Record<ColourMode, ModeLook>> = {
  busyness: look('busyness', 'busy', '--busy-bar', true, percentFigure),
  backpressure: look('backpressure', 'backpr.', '--bp-line', true, percentFigure),
  records: look('records per second', 'records', '--s1', false, (value) =>
    countFigure(value, 'rec/s'),
  ),
  lag: look('watermark lag', 'lag', '--watermark', false, durationFigure),
  state: look('state size', 'state', '--s3', false, bytesFigure),
  checkpoint: look('checkpoint duration', 'checkpoint', '--s6', false, durationFigure),
  skew: look('skew', 'skew', '--s4', false, (value) => countFigure(value, '×')),
};

function look(
  label: string,
  short: string,
  token: string,
  share: boolean,
  figure: ModeLook['figure'],
): ModeLook {
  return { label, short, token, share, figure };
}

/** What an address says; anything else is busyness. */
export function colourModeOf(value: unknown): ColourMode {
  return COLOUR_MODES.find((mode) => mode === value) ?? 'busyness';
}

/** Null while unknown. */
export function modeValue(
  mode: ColourMode,
  source: ColourSource,
  vertexId: string,
  checkpoints: CheckpointTimes,
): number | null {
  if (mode === 'lag') return source.watermarkLag(vertexId);
  if (mode === 'checkpoint') return checkpoints.get(vertexId) ?? null;
  const tick = source.vertex(vertexId);
  if (tick === null) return null;
  switch (mode) {
    case 'busyness':
      return tick.busy;
    case 'backpressure':
      return tick.backpressuredMax ?? tick.backpressured;
    case 'records':
      return tick.recordsIn ?? tick.recordsOut;
    case 'state':
      return tick.stateBytes;
    case 'skew':
      return skewOf(tick);
  }
}

/** How many times its fair share the subtask with the most records gets; 1 = even. */
function skewOf({ recordsIn, recordsInMax, tasks }: VertexTick): number | null {
  const subtasks = Object.values(tasks).reduce((sum, count) => sum + count, 0);
  if (recordsIn === null || recordsInMax == null || subtasks === 0) return null;
  return recordsIn <= 0 ? 1 : Math.max(1, (recordsInMax * subtasks) / recordsIn);
}

export interface ColourScale {
  readonly mode: ColourMode;
  /** Of the whole graph; null while nothing is known. */
  readonly min: number | null;
  readonly max: number | null;
}

/** @param values unknown ones are null or NaN. */
export function colourScale(mode: ColourMode, values: Iterable<number | null>): ColourScale {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (value === null) continue;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return max < min ? { mode, min: null, max: null } : { mode, min, max };
}

/** The values at the ends of the ramp; null while nothing is known. */
export function rampEnds({ mode, min, max }: ColourScale): { low: number; high: number } | null {
  if (MODE_LOOKS[mode].share) return { low: 0, high: 1 };
  if (min === null || max === null) return null;
  return { low: mode === 'skew' ? 1 : Math.min(0, min), high: max };
}

/** Where a value stands on its ramp, 0…1; 0 while unknown. */
export function position(scale: ColourScale, value: number | null): number {
  const ends = rampEnds(scale);
  if (value === null || ends === null || ends.high <= ends.low) return 0;
  return Math.min(1, Math.max(0, (value - ends.low) / (ends.high - ends.low)));
}

/** Below red, which belongs to the cause. */
const BUSY_MAX_UNLESS_CAUSE = 0.9;

export function modeColour(scale: ColourScale, value: number | null, cause: boolean): RampColour {
  if (scale.mode !== 'busyness') return tint(scale.mode, position(scale, value));
  if (cause) return busyColour(1);
  return busyColour(value === null ? null : Math.min(BUSY_MAX_UNLESS_CAUSE, value));
}

/** As much of a mode's colour as leaves text on it readable. */
const TINT_MAX = 46;

export function tint(mode: ColourMode, share: number): RampColour {
  const step = Math.round(share * TINT_STEPS);
  const key = `${mode} ${step}`;
  let colour = tints.get(key);
  if (colour === undefined) {
    const percent = step * (TINT_MAX / TINT_STEPS);
    const fill = `color-mix(in oklab, var(${MODE_LOOKS[mode].token}) ${percent}%, var(--raised))`;
    colour = { fill, ink: 'var(--text)' };
    tints.set(key, colour);
  }
  return colour;
}

const TINT_STEPS = 10;
/** By mode and step: made once, asked for a thousand times a second. */
const tints = new Map<string, RampColour>();
