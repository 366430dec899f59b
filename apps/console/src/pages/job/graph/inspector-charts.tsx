/** The last half hour of one vertex: its calls outside, time, rates, watermark lag. */
import type { ReactNode } from 'react';
import { type ChartRow, type ChartSeries, TimeChart } from '../../../components/time-chart.tsx';
import type { JobStore } from '../../../live/job-store.ts';
import { useJob } from '../../../live/use-live.ts';
import { VERTEX_COLUMNS } from '../../../live/vertex-series.ts';
import type { ChartUnit } from '../../../model/figures/chart-scale.ts';
import {
  countFigure,
  durationFigure,
  figureText,
  percentFigure,
} from '../../../model/figures/figures.ts';
import { limitedSince } from '../../../model/verdict/limiting-vertex.ts';

const POINTS = 110;
const HEIGHT = 72;
/** The same for all, so that neighbours align. */
const GUTTER = 46;

const TIME: readonly ChartSeries[] = [
  { key: 'busy', label: 'busy', colour: 'var(--s2)', area: 0.12 },
  { key: 'backpressured', label: 'backpr.', colour: 'var(--bp-line)', area: 0.12 },
];
const RATES: readonly ChartSeries[] = [
  { key: 'recordsIn', label: 'in', colour: 'var(--s1)' },
  { key: 'recordsOut', label: 'out', colour: 'var(--s3)' },
];
const LAG: readonly ChartSeries[] = [
  { key: 'watermarkLag', label: 'watermark lag', colour: 'var(--watermark)', area: 0.12 },
];
const LATENCY: readonly ChartSeries[] = [
  { key: 'callP99Ms', label: 'p99', colour: 'var(--s2)' },
  { key: 'callP50Ms', label: 'p50', colour: 'var(--s1)' },
];
const CALLS: readonly ChartSeries[] = [
  { key: 'asyncInFlight', label: 'in flight', colour: 'var(--text-2)', area: 0.14 },
];

interface InspectorChartsProps {
  readonly vertexId: string;
  /** Between the two charts that say most of this vertex and the others. */
  readonly children: ReactNode;
}

export function InspectorCharts({ vertexId, children }: InspectorChartsProps) {
  const { rows, since, values } = useJob(
    (store) => ({
      rows: vertexRows(store, vertexId),
      since: limitedSince(store),
      values: shownValues(store, vertexId),
    }),
    vertexId,
  );
  const marks = since === null ? [] : [{ t: since, kind: 'begin' as const }];
  const has = (key: string) => rows.some((row) => row[key] !== null);
  const shared = { rows, marks, values };
  const calls = has('asyncInFlight');
  const work = (
    <>
      <Part title="Time" series={TIME} format={perCent} max={1} {...shared} />
      <Part title="Records per second" series={RATES} format={count} {...shared} />
    </>
  );
  return (
    <>
      <div className="inspector-part inspector-charts">
        {calls ? (
          <>
            <Part
              title="Call latency"
              series={LATENCY}
              unit="duration"
              format={duration}
              {...shared}
            />
            <Part title="In flight" series={CALLS} format={count} {...shared} />
          </>
        ) : (
          work
        )}
      </div>
      {children}
      <div className="inspector-part inspector-charts">
        {calls && work}
        {has('watermarkLag') && (
          <Part title="Watermark lag" series={LAG} unit="duration" format={duration} {...shared} />
        )}
      </div>
    </>
  );
}

interface PartProps {
  readonly title: string;
  readonly series: readonly ChartSeries[];
  readonly rows: readonly ChartRow[];
  readonly values: Values;
  readonly marks: readonly { t: number; kind: 'begin' }[];
  readonly format: (value: number) => string;
  readonly max?: number;
  readonly unit?: ChartUnit;
}

function Part(props: PartProps) {
  const { title, series, rows, values, marks, format, max, unit = 'plain' } = props;
  const now = series.map(({ key, label, colour }) => {
    const value = values[key] ?? null;
    return { key, label, colour, text: value === null ? '—' : format(value) };
  });
  const words = now.map(({ label, text }) => `${label} ${text}`).join(', ');
  const summary = `${title}, last 30 minutes; now ${words}`;
  return (
    <section aria-label={title}>
      <h3>{title}</h3>
      <TimeChart
        rows={rows}
        series={series}
        height={HEIGHT}
        format={format}
        unit={unit}
        gutter={GUTTER}
        summary={summary}
        marks={marks}
        {...(max === undefined ? {} : { max })}
      />
      <span className="legend">
        {now.map(({ key, label, colour, text }) => (
          <span key={key}>
            <i className="swatch-line" style={{ background: colour }} aria-hidden="true" />
            {now.length > 1 && label} <b>{text}</b>
          </span>
        ))}
      </span>
    </section>
  );
}

type Values = Readonly<Record<string, number | null>>;

/** The newest values of a vertex, or the means of a range. */
function shownValues(store: JobStore, vertexId: string): Values {
  const ring = store.series(vertexId);
  if (ring === null || ring.length === 0) return {};
  const { past } = store;
  const from = past !== null && past.from !== past.to ? past.from : ring.time(ring.length - 1);
  return Object.fromEntries(
    Object.entries(VERTEX_COLUMNS).map(([key, column]) => [
      key,
      ring.mean(column, from, Number.POSITIVE_INFINITY),
    ]),
  );
}

function vertexRows(store: JobStore, vertexId: string): ChartRow[] {
  const ring = store.series(vertexId);
  if (ring === null) return [];
  const columns = Object.entries(VERTEX_COLUMNS).map(([key, column]) => ({
    key,
    points: ring.sample(column, 0, POINTS),
  }));
  return (columns[0]?.points ?? []).map(({ t }, at) => {
    const row: Record<string, number | null> & { t: number } = { t };
    for (const { key, points } of columns) {
      const value = points[at]?.value ?? Number.NaN;
      row[key] = Number.isNaN(value) ? null : value;
    }
    return row;
  });
}

function perCent(ratio: number): string {
  return figureText(percentFigure(ratio));
}

function count(value: number): string {
  return figureText(countFigure(value));
}

function duration(ms: number): string {
  return figureText(durationFigure(ms));
}
