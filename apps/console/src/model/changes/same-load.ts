/**
 * Two deployments at the same load: what each second cost while the sources of both read about as
 * much. Never "before against now", which compares a night with a day.
 */
import type { JobHistory, JobTick, VertexTick } from '@weir/console-protocol';
import {
  bytesFigure,
  countFigure,
  durationFigure,
  type Figure,
  percentFigure,
} from '../figures/figures.ts';
import { vertexTitle } from '../graph/vertex-title.ts';

export interface LoadRow {
  readonly label: string;
  readonly before: Figure;
  readonly after: Figure;
  /** In words with a sign; `0` when there is none. */
  readonly change: string;
  /** Worth a look. */
  readonly much: boolean;
}

export type LoadComparison =
  | { readonly kind: 'same'; readonly seconds: number; readonly rows: readonly LoadRow[] }
  /** Their loads never met, in records per second. */
  | {
      readonly kind: 'apart';
      readonly before: readonly [number, number];
      readonly after: readonly [number, number];
    }
  | { readonly kind: 'unknown' };

const TICKS_MIN = 5;
const WARM_UP_MS = 5000;
const BUSIEST_SHOWN = 3;
const NARROW = '\u202f';

export function sameLoad(before: JobHistory, after: JobHistory): LoadComparison {
  const [old, now] = [steady(before.ticks), steady(after.ticks)];
  if (old.length < TICKS_MIN || now.length < TICKS_MIN) return { kind: 'unknown' };
  const [left, right] = [loadOf(old), loadOf(now)];
  const low = Math.max(left[0], right[0]) * 0.95;
  const high = Math.min(left[1], right[1]) * 1.05;
  const within = ({ recordsIn }: JobTick) => recordsIn! >= low && recordsIn! <= high;
  const [a, b] = [old.filter(within), now.filter(within)];
  if (a.length < TICKS_MIN || b.length < TICKS_MIN) {
    return { kind: 'apart', before: left, after: right };
  }
  const seconds = Math.round((Math.min(a.length, b.length) * after.step) / 1000);
  return { kind: 'same', seconds, rows: rowsOf(a, b, before, after) };
}

/** Running, reading, and warm. */
function steady(ticks: readonly JobTick[]): JobTick[] {
  const begun = ticks.find(({ state, recordsIn }) => state === 'RUNNING' && (recordsIn ?? 0) > 0);
  return ticks.filter(
    ({ t, state, recordsIn }) =>
      state === 'RUNNING' && (recordsIn ?? 0) > 0 && t >= (begun?.t ?? 0) + WARM_UP_MS,
  );
}

/** Between the tenth and the ninetieth hundredth. */
function loadOf(ticks: readonly JobTick[]): [number, number] {
  const rates = ticks.map(({ recordsIn }) => recordsIn ?? 0).sort((x, y) => x - y);
  const at = (share: number) => rates[Math.floor(share * (rates.length - 1))]!;
  return [at(0.1), at(0.9)];
}

function rowsOf(
  a: readonly JobTick[],
  b: readonly JobTick[],
  before: JobHistory,
  after: JobHistory,
): LoadRow[] {
  const rate = (value: number | null) => countFigure(value, 'rec/s');
  const job = (label: string, pick: (tick: JobTick) => number | null, figure: typeof rate) =>
    row(label, meanOf(a, pick), meanOf(b, pick), figure);
  return [
    job('Records in', ({ recordsIn }) => recordsIn, rate),
    job('Records out', ({ recordsOut }) => recordsOut, rate),
    ...busiest(b, after).map(([id, title]) => {
      const old = before.topology.vertices.some((vertex) => vertex.id === id);
      const pick = (tick: JobTick) => vertexOf(tick, id)?.busy ?? null;
      return row(`${title} busy`, old ? meanOf(a, pick) : null, meanOf(b, pick), percentFigure);
    }),
    job('Watermark lag', ({ watermarkLag }) => watermarkLag, durationFigure),
    job('State', stateBytes, bytesFigure),
    row('Checkpoint', checkpointMs(before), checkpointMs(after), durationFigure),
  ].filter(({ before: old, after: now }) => old[0]?.value !== '—' || now[0]?.value !== '—');
}

function busiest(ticks: readonly JobTick[], { topology }: JobHistory): [string, string][] {
  const shares = topology.vertices.map((vertex) => ({
    vertex,
    busy: meanOf(ticks, (tick) => vertexOf(tick, vertex.id)?.busy ?? null) ?? 0,
  }));
  return shares
    .sort((x, y) => y.busy - x.busy)
    .slice(0, BUSIEST_SHOWN)
    .map(({ vertex }) => [vertex.id, vertexTitle(vertex)]);
}

function row(
  label: string,
  before: number | null,
  after: number | null,
  figure: (value: number | null) => Figure,
): LoadRow {
  const { change, much } =
    before === null || after === null
      ? { change: '', much: false }
      : figure === percentFigure
        ? points(after - before)
        : relative(before, after);
  return { label, before: figure(before), after: figure(after), change, much };
}

function points(difference: number): { change: string; much: boolean } {
  const whole = Math.round(difference * 100);
  return { change: signed(whole, 'pt'), much: Math.abs(whole) >= 15 };
}

function relative(before: number, after: number): { change: string; much: boolean } {
  if (before === 0) return { change: after === 0 ? '0' : 'new', much: false };
  const whole = Math.round((after / before - 1) * 100);
  return { change: signed(whole, '%'), much: Math.abs(whole) >= 50 };
}

function signed(value: number, unit: string): string {
  if (value === 0) return '0';
  return `${value > 0 ? '+' : '−'}${Math.abs(value)}${NARROW}${unit}`;
}

function stateBytes({ vertices }: JobTick): number | null {
  const known = vertices.map((vertex) => vertex.stateBytes).filter((bytes) => bytes !== null);
  return known.length === 0 ? null : known.reduce((sum, bytes) => sum + bytes, 0);
}

/** Median of those that completed. */
function checkpointMs({ events }: JobHistory): number | null {
  const took = events
    .filter(({ kind, outcome }) => kind === 'checkpoint' && outcome === 'completed')
    .flatMap(({ durationMs }) => durationMs ?? [])
    .sort((x, y) => x - y);
  return took.length === 0 ? null : took[Math.floor(took.length / 2)]!;
}

function vertexOf({ vertices }: JobTick, id: string): VertexTick | undefined {
  return vertices.find((vertex) => vertex.id === id);
}

function meanOf(ticks: readonly JobTick[], pick: (tick: JobTick) => number | null): number | null {
  const known = ticks.map(pick).filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
}
