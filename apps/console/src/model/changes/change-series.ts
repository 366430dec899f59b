/**
 * Lines that run from one deployment into the next. What lies between the two is left out: the
 * earlier one ends where the later one begins.
 */
import type { JobHistory, JobTick } from '@weir/console-protocol';
import { axisText, scaleTop } from '../figures/chart-scale.ts';
import {
  countFigure,
  durationFigure,
  type Figure,
  figureText,
  percentFigure,
} from '../figures/figures.ts';
import { vertexTitle } from '../graph/vertex-title.ts';

export interface ChangePoint {
  /** 0…1 of the axis. */
  readonly share: number;
  readonly value: number | null;
}

export interface ChangeSeries {
  readonly title: string;
  /** The newest value. */
  readonly now: string;
  readonly top: number;
  readonly topText: string;
  readonly middleText: string;
  readonly points: readonly ChangePoint[];
  /** Where the later deployment begins; null when there is no earlier one. */
  readonly seam: number | null;
  /** Of the right end, epoch ms. */
  readonly end: number;
  readonly summary: string;
}

const POINTS_MAX = 300;

interface Sample {
  readonly t: number;
  readonly value: number | null;
}

export function changeSeries(old: JobHistory | null, recent: JobHistory): ChangeSeries[] {
  const id = busiestOf(recent);
  const vertex = recent.topology.vertices.find((one) => one.id === id);
  const rate = (value: number | null) => countFigure(value, 'rec/s');
  const ticks = (pick: (tick: JobTick) => number | null) => (history: JobHistory) =>
    history.ticks.map((tick) => ({ t: tick.t, value: pick(tick) }));
  const busy = (tick: JobTick) => tick.vertices.find((one) => one.id === id)?.busy ?? null;
  const all: [string, (history: JobHistory) => Sample[], (value: number | null) => Figure][] = [
    ['Records in', ticks(({ recordsIn }) => recordsIn), rate],
    ['Watermark lag', ticks(({ watermarkLag }) => watermarkLag), durationFigure],
    ['Checkpoint duration', checkpoints, durationFigure],
  ];
  if (vertex !== undefined) {
    all.splice(1, 0, [`${vertexTitle(vertex)} busy`, ticks(busy), percentFigure]);
  }
  return all
    .map(([title, pick, figure]) =>
      seriesOf(title, old === null ? [] : pick(old), pick(recent), [old, recent], figure),
    )
    .filter(({ points }) => points.some(({ value }) => value !== null));
}

function seriesOf(
  title: string,
  before: readonly Sample[],
  after: readonly Sample[],
  [old, recent]: readonly [JobHistory | null, JobHistory],
  figure: (value: number | null) => Figure,
): ChangeSeries {
  const left = old === null || before.length === 0 ? 0 : spanOf(old);
  const right = spanOf(recent);
  const whole = Math.max(1, left + right);
  const place = (from: number, offset: number) => (sample: Sample) => ({
    share: Math.min(1, Math.max(0, (offset + sample.t - from) / whole)),
    value: sample.value,
  });
  const points = [
    ...thinned(before).map(place(firstOf(old), 0)),
    // The line does not run over the seam.
    { share: left / whole, value: null },
    ...thinned(after).map(place(firstOf(recent), left)),
  ];
  const values = points.flatMap(({ value }) => value ?? []);
  const unit = figure === durationFigure ? 'duration' : 'plain';
  const top = figure === percentFigure ? 1 : scaleTop(Math.max(1, ...values), unit);
  const now = figureText(figure(after.findLast(({ value }) => value !== null)?.value ?? null));
  const was = figureText(figure(before.findLast(({ value }) => value !== null)?.value ?? null));
  const text = (value: number) =>
    axisText(figureText(figure(value)).replace(/[\u00a0\u202f]?rec\/s/, ''));
  return {
    title,
    now,
    top,
    topText: text(top),
    middleText: text(top / 2),
    points,
    seam: left === 0 ? null : left / whole,
    end: recent.ticks.at(-1)?.t ?? recent.to,
    summary: `${title}: ${was} at the end of the earlier version, ${now} now.`,
  };
}

function checkpoints({ events }: JobHistory): Sample[] {
  return events
    .filter(({ kind, outcome }) => kind === 'checkpoint' && outcome === 'completed')
    .map(({ t, durationMs }) => ({ t, value: durationMs ?? null }));
}

function busiestOf({ ticks }: JobHistory): string | null {
  const last = ticks.findLast(({ state }) => state === 'RUNNING');
  const named = last?.bottleneck?.vertexId;
  if (named !== undefined) return named;
  const sorted = [...(last?.vertices ?? [])].sort((a, b) => (b.busy ?? 0) - (a.busy ?? 0));
  return sorted[0]?.id ?? null;
}

function firstOf(history: JobHistory | null): number {
  return history?.ticks[0]?.t ?? history?.from ?? 0;
}

function spanOf(history: JobHistory): number {
  const last = history.ticks.at(-1)?.t ?? history.to;
  return Math.max(1, last - firstOf(history));
}

function thinned(samples: readonly Sample[]): readonly Sample[] {
  const step = Math.ceil(samples.length / POINTS_MAX);
  return step <= 1 ? samples : samples.filter((_, at) => at % step === 0);
}
