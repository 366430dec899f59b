/**
 * Lines over time: a few horizontal gridlines, gaps that stay gaps, a tooltip with the time first.
 * The caller puts title, legend and current value beside it and gives a summary in words.
 */
import { memo } from 'react';
import {
  CartesianGrid,
  ComposedChart,
  Area,
  ReferenceArea,
  ReferenceLine,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from 'recharts';
import { useShownMoment } from '../frame/use-moment.ts';
import { axisText, type ChartUnit, scaleTop } from '../model/figures/chart-scale.ts';
import { clockMinute, clockTime } from '../model/time/clock-time.ts';

export interface ChartSeries {
  readonly key: string;
  readonly label: string;
  readonly colour: string;
  /** Share of the area below the line that is coloured, 0…1. */
  readonly area?: number;
  /** Its present value, in the legend. */
  readonly now?: string;
}

export interface ChartRow {
  readonly t: number;
  readonly [key: string]: number | null;
}

export interface ChartMark {
  readonly t: number;
  readonly kind: 'begin' | 'savepoint' | 'failure' | 'restart';
  /** Of what lasted. */
  readonly to?: number;
}

export interface TimeChartProps {
  readonly rows: readonly ChartRow[];
  readonly series: readonly ChartSeries[];
  readonly height: number;
  readonly gutter?: number;
  readonly format: (value: number) => string;
  readonly unit?: ChartUnit;
  readonly summary: string;
  readonly marks?: readonly ChartMark[];
  readonly max?: number;
  /** Its right end is the present: labelled so while the page is live. */
  readonly toNow?: boolean;
}

/** What lies outside of a range that the page shows. */
const VEIL = 0.68;
const ABOVE_LINES = 900;
const NO_MARKS: readonly ChartMark[] = [];

export const TimeChart = memo(function TimeChart(props: TimeChartProps) {
  const {
    rows,
    series,
    height,
    gutter = 44,
    format,
    unit = 'plain',
    summary,
    marks = NO_MARKS,
    max,
    toNow = false,
  } = props;
  const moment = useShownMoment();
  const first = rows[0]?.t ?? 0;
  const last = rows.at(-1)?.t ?? 0;
  const top = max ?? scaleTop(largest(rows, series), unit);
  const tickText = (t: number) => {
    if (t === last && toNow && moment.kind === 'live') return 'now';
    return last - first < SECONDS_BELOW_MS ? clockTime(t) : clockMinute(t);
  };
  return (
    <figure className="chart" role="img" aria-label={summary} style={{ height }}>
      <ResponsiveContainer width="100%" height="100%">
        <ComposedChart data={[...rows]} margin={{ top: 6, right: 8, bottom: 0, left: 0 }}>
          <CartesianGrid vertical={false} stroke="var(--line)" />
          <XAxis
            dataKey="t"
            type="number"
            domain={[first, last]}
            ticks={timeTicks(first, last, marks)}
            tickFormatter={tickText}
            interval="preserveStartEnd"
            axisLine={{ stroke: 'var(--line-strong)' }}
            tickLine={false}
            height={18}
          />
          <YAxis
            width={gutter}
            domain={[0, top]}
            ticks={[0, top / 2, top]}
            interval={0}
            tickFormatter={(value: number) => (value === 0 ? '' : axisText(format(value)))}
            axisLine={false}
            tickLine={false}
          />
          {marks.map((mark) => (
            <Mark key={`${mark.kind}${mark.t}`} mark={mark} span={last - first} />
          ))}
          <Tooltip
            isAnimationActive={false}
            cursor={{ stroke: 'var(--control)', strokeWidth: 1 }}
            content={({ active, payload, label }) =>
              active && payload.length > 0 ? (
                <Tip
                  t={Number(label)}
                  series={series}
                  format={format}
                  values={payload[0]?.payload as ChartRow}
                />
              ) : null
            }
          />
          {series.map(({ key, colour, area = 0 }) => (
            <Area
              key={key}
              dataKey={key}
              type="linear"
              stroke={colour}
              strokeWidth={1.5}
              fill={colour}
              fillOpacity={area}
              dot={false}
              activeDot={{ r: 3, strokeWidth: 0 }}
              isAnimationActive={false}
              connectNulls={false}
            />
          ))}
          {moment.kind === 'range' && moment.from > first && (
            <ReferenceArea
              x1={first}
              x2={Math.min(moment.from, last)}
              fill="var(--surface)"
              fillOpacity={VEIL}
              zIndex={ABOVE_LINES}
            />
          )}
        </ComposedChart>
      </ResponsiveContainer>
    </figure>
  );
});

function Mark({ mark, span }: { mark: ChartMark; span: number }) {
  if (mark.kind === 'failure') {
    const half = span / 120;
    return (
      <ReferenceArea x1={mark.t - half} x2={mark.t + half} fill="var(--fail)" fillOpacity={0.12} />
    );
  }
  if (mark.kind === 'restart') {
    const end = Math.max(mark.to ?? mark.t, mark.t + span / 150);
    return <ReferenceArea x1={mark.t} x2={end} fill="var(--warn-fill)" fillOpacity={0.4} />;
  }
  const savepoint = mark.kind === 'savepoint';
  return (
    <ReferenceLine
      x={mark.t}
      stroke={savepoint ? 'var(--accent)' : 'var(--text)'}
      strokeDasharray={savepoint ? '3 3' : '1 3'}
    />
  );
}

/** Both ends, and between them the newest event that has room for its time; else the middle. */
function timeTicks(first: number, last: number, marks: readonly ChartMark[]): number[] {
  const span = last - first;
  if (span <= MIDDLE_FROM_MS) return [first, last];
  const event = marks.findLast(({ kind, t }) => {
    const share = (t - first) / span;
    return (kind === 'begin' || kind === 'restart') && share > 0.2 && share < 0.8;
  });
  return [first, event?.t ?? first + span / 2, last];
}

const MIDDLE_FROM_MS = 90_000;
/** Shorter ranges are labelled to the second. */
const SECONDS_BELOW_MS = 300_000;

function largest(rows: readonly ChartRow[], series: readonly ChartSeries[]): number {
  let most = 0;
  for (const row of rows) {
    for (const { key } of series) most = Math.max(most, row[key] ?? 0);
  }
  return most;
}

interface TipProps {
  readonly t: number;
  readonly series: readonly ChartSeries[];
  readonly values: ChartRow;
  readonly format: (value: number) => string;
}

function Tip({ t, series, values, format }: TipProps) {
  return (
    <div className="chart-tip">
      <strong>{clockTime(t)}</strong>
      <dl>
        {series.map(({ key, label }) => {
          const value = values[key];
          return [
            <dt key={`${key}-label`}>{label}</dt>,
            <dd key={key}>{typeof value === 'number' ? format(value) : '—'}</dd>,
          ];
        })}
      </dl>
    </div>
  );
}
