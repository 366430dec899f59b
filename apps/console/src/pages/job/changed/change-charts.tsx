/** Four charts that reach back before the deployment, which is a line in each of them. */
import type { Deployment, JobHistory } from '@weir/console-protocol';
import { useWidth } from '../../../components/use-width.ts';
import { type ChangeSeries, changeSeries } from '../../../model/changes/change-series.ts';
import { clockMinute } from '../../../model/time/clock-time.ts';

const HEIGHT = 92;
const GUTTER = 40;
const TOP = 6;
const BASE = 70;
/** Room for `v2 from 23:08`. */
const SEAM_TEXT = 84;
/** Beside it room for the time at the right end. */
const END_TEXT = 40;

export interface ChangeChartsProps {
  readonly before: Deployment;
  readonly after: Deployment;
  readonly old: JobHistory | null;
  readonly recent: JobHistory;
}

export function ChangeCharts({ before, after, old, recent }: ChangeChartsProps) {
  const charts = changeSeries(old, recent);
  return (
    <section className="changed-charts" aria-label="Before and after the deployment">
      {charts.map((series) => (
        <ChangeChart key={series.title} series={series} before={before} after={after} />
      ))}
    </section>
  );
}

interface ChangeChartProps {
  readonly series: ChangeSeries;
  readonly before: Deployment;
  readonly after: Deployment;
}

function ChangeChart({ series, before, after }: ChangeChartProps) {
  const [element, width] = useWidth<HTMLElement>();
  const { title, now, top, topText, middleText, points, seam, end, summary } = series;
  const right = Math.max(GUTTER + 1, width - 4);
  const x = (share: number) => Math.round((GUTTER + share * (right - GUTTER)) * 10) / 10;
  const y = (value: number) => Math.round((BASE - (value / top) * (BASE - TOP)) * 10) / 10;
  /** The later version is too short to be named below its line. */
  const ends = seam !== null && right - x(seam) < SEAM_TEXT;
  let line = '';
  let area = '';
  let open: number | null = null;
  for (const [at, { share, value }] of points.entries()) {
    if (value !== null) {
      line += `${open === null ? 'M' : 'L'}${x(share)} ${y(value)}`;
      area += `${open === null ? `M${x(share)} ${BASE}` : ''}L${x(share)} ${y(value)}`;
      open = share;
    }
    const ends = value === null || at === points.length - 1 || points[at + 1]!.value === null;
    if (ends && open !== null) {
      area += `L${x(open)} ${BASE}z`;
      open = null;
    }
  }
  return (
    <figure ref={element}>
      <figcaption>
        {title} <b>{now}</b>
      </figcaption>
      {width > 0 && (
        <svg width={width} height={HEIGHT} role="img" aria-label={summary}>
          <line className="grid" x1={GUTTER} x2={right} y1={TOP} y2={TOP} />
          <line
            className="grid"
            x1={GUTTER}
            x2={right}
            y1={(TOP + BASE) / 2}
            y2={(TOP + BASE) / 2}
          />
          <text x={GUTTER - 6} y={TOP + 5} textAnchor="end">
            {topText}
          </text>
          <text x={GUTTER - 6} y={(TOP + BASE) / 2 + 4} textAnchor="end">
            {middleText}
          </text>
          <path className="area" d={area} />
          <path className="line" d={line} />
          <line className="axis" x1={GUTTER} x2={right} y1={BASE} y2={BASE} />
          {(seam === null || ends || right - x(seam) > SEAM_TEXT + END_TEXT) && (
            <text x={right} y={HEIGHT - 6} textAnchor="end">
              {clockMinute(end)}
            </text>
          )}
          {seam !== null && (
            <>
              <line className="seam" x1={x(seam)} x2={x(seam)} y1="0" y2={BASE} />
              {x(seam) - GUTTER > 16 && (
                <text x={x(seam) - 6} y={HEIGHT - 6} textAnchor="end">
                  v{before.version}
                </text>
              )}
              <text
                x={x(seam) + (ends ? -6 : 6)}
                y={ends ? TOP + 5 : HEIGHT - 6}
                textAnchor={ends ? 'end' : 'start'}
              >
                v{after.version} from {clockMinute(after.submittedAt)}
              </text>
            </>
          )}
        </svg>
      )}
    </figure>
  );
}
