/** The third line of a figure: what the number is measured against. */
import {
  type GaugePoint,
  type JobTick,
  type JobTopology,
  recentSlope,
  type VertexTick,
} from '@weir/console-protocol';
import type { Series } from '../../live/series.ts';
import { clockTime } from '../time/clock-time.ts';
import { countFigure, drainedText, durationFigure, type Figure, figureText } from './figures.ts';

const MINUTE_MS = 60_000;
const TREND_MS = 60_000;

/** Change since a verdict began, against the ten minutes before; else the mean of what is kept. */
export function changeText(ring: Series, column: number, since: number | null): string {
  const end = (ring.lastTime() ?? 0) + 1;
  if (since !== null) {
    const before = ring.mean(column, since - 10 * MINUTE_MS, since);
    const after = ring.mean(column, since, end);
    if (before !== null && after !== null && before > 0) {
      const change = Math.round((after / before - 1) * 100);
      const sign = change < 0 ? '−' : '+';
      const mean = figureText(countFigure(after));
      const than = change === 0 ? 'as before' : `${sign}${Math.abs(change)}\u202f%`;
      return `mean ${mean} since ${clockTime(since)}, ${than}`;
    }
  }
  const mean = ring.mean(column, 0, end);
  const first = ring.firstTime();
  if (mean === null || first === null) return 'nothing measured';
  return `mean ${figureText(countFigure(mean))} since ${clockTime(first)}`;
}

/** Between what a figure was in a range. */
export function extremesText(
  ring: Series,
  column: number,
  { from, to }: { readonly from: number; readonly to: number },
  format: (value: number) => Figure,
): string {
  const extremes = ring.extremes(column, from, to);
  if (extremes === null) return 'nothing known';
  return `${figureText(format(extremes.low))} to ${figureText(format(extremes.high))}`;
}

/** The largest sinks by name. */
export function sinkRatesText(source: SinkSource): string {
  const { topology, latest } = source;
  if (topology === null || latest === null) return 'nothing measured';
  const sinks = sinksOf(topology);
  if (sinks.length === 0) return 'no sink';
  const rates = sinks.map(({ id, name }) => ({ name, rate: source.vertex(id)?.sinkRecords ?? 0 }));
  rates.sort((a, b) => b.rate - a.rate);
  return rates
    .slice(0, 3)
    .map(({ name, rate }) => `${figureText(countFigure(rate))} ${name.replace(/^Sink: /, '')}`)
    .join(' · ');
}

export interface SinkSource {
  readonly topology: JobTopology | null;
  readonly latest: JobTick | null;
  vertex(id: string): VertexTick | null;
}

interface NamedSink {
  readonly id: string;
  readonly name: string;
}

const sinks = new WeakMap<JobTopology, readonly NamedSink[]>();

/** Found once: a topology is asked with every tick. */
function sinksOf(topology: JobTopology): readonly NamedSink[] {
  let found = sinks.get(topology);
  if (found === undefined) {
    found = topology.vertices.flatMap((vertex) => {
      const last = vertex.operators.findLast(({ role }) => role === 'sink');
      return last === undefined ? [] : [{ id: vertex.id, name: last.name }];
    });
    sinks.set(topology, found);
  }
  return found;
}

/** How fast the lag grows or shrinks. */
export function lagTrendText(ring: Series, column: number): string {
  const slope = ringSlope(ring, column);
  if (slope === null) return 'behind the newest event time';
  const aMinute = slope * 60;
  if (Math.abs(aMinute) < 1000) return 'steady';
  const sign = aMinute > 0 ? '+' : '−';
  return `${sign}${figureText(durationFigure(Math.abs(aMinute)))} a minute`;
}

/** How fast the backlog grows, or when it will be gone. */
export function backlogText(ring: Series, column: number): string {
  const last = ring.length === 0 ? Number.NaN : ring.value(ring.length - 1, column);
  if (Number.isNaN(last)) return 'the sources do not say';
  if (last === 0) return 'everything is read';
  const slope = ringSlope(ring, column);
  if (slope === null) return 'measuring where it goes';
  if (Math.abs(slope) * 60 < last / 5) return 'steady';
  if (slope > 0) return `+${figureText(countFigure(slope, 'rec/s'))} · growing`;
  const drained = drainedText((last / -slope) * 1000);
  return `−${figureText(countFigure(-slope, 'rec/s'))} · ${drained}`;
}

/**
 * Growth per second since it last turned, within the last `spanMs`: 0 within its own noise, null
 * while it is not known.
 */
export function ringSlope(ring: Series, column: number, spanMs = TREND_MS): number | null {
  const points: GaugePoint[] = [];
  for (let i = ring.indexAt((ring.lastTime() ?? 0) - spanMs); i < ring.length; i++) {
    const size = ring.value(i, column);
    if (!Number.isNaN(size)) points.push({ t: ring.time(i), size });
  }
  const slope = recentSlope(points);
  if (slope === null) return null;
  return Math.abs(slope.perSecond) < 2 * slope.error ? 0 : slope.perSecond;
}
