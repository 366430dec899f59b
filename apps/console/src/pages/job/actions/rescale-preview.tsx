/** The backlog if the job is rescaled: dashed from now on, with what the lines assume below. */
import { useWidth } from '../../../components/use-width.ts';
import { JOB_COLUMNS, type JobStore } from '../../../live/job-store.ts';
import { STEADY_MS, steadyTick } from '../../../live/steady-tick.ts';
import { useJob } from '../../../live/use-live.ts';
import { axisText, scaleTop } from '../../../model/figures/chart-scale.ts';
import { clockMinute } from '../../../model/time/clock-time.ts';
import { ringSlope } from '../../../model/figures/figure-notes.ts';
import { countFigure, drainedText, figureText } from '../../../model/figures/figures.ts';
import type { DownTime } from '../../../model/operate/rerun-wish.ts';
import {
  type BacklogPoint,
  type RescaleOutlook,
  rescaleOutlook,
} from '../../../model/operate/rescale-outlook.ts';

const HEIGHT = 116;
const GUTTER = 40;
const TOP = 8;
const BASE = 94;
const PAST_MS = 180_000;

export interface RescalePreviewProps {
  readonly jobId: string;
  readonly from: number;
  readonly to: number;
  readonly down: DownTime;
}

export function RescalePreview({ jobId, from, to, down }: RescalePreviewProps) {
  const downMs = down.ms;
  const seen = useJob(
    (store) => ({ topology: store.topology, tick: steadyTick(store), past: store.job }),
    jobId,
  );
  if (seen.topology === null) return null;
  const { topology, tick, past: ring } = seen;
  const slope = ringSlope(ring, JOB_COLUMNS.pendingRecords, STEADY_MS);
  const outlook = rescaleOutlook({ topology, tick, slope, past: pastOf(ring), from, to, downMs });
  // Without a change there is only to say why one would not help.
  if (from === to && outlook.kind === 'forecast') return null;
  return (
    <section className="rescale-preview" aria-label="Backlog if you do">
      <h3>
        Backlog, if you do
        {outlook.kind === 'forecast' && (
          <span className="micro">
            reads {figureText(countFigure(outlook.reads))} →{' '}
            {figureText(countFigure(outlook.possible))}/s
          </span>
        )}
      </h3>
      {outlook.kind === 'none' ? (
        <p className="rescale-none">{outlook.why}</p>
      ) : (
        <Picture outlook={outlook} to={to} />
      )}
      {outlook.kind === 'forecast' && (
        <p className="micro quiet-text">
          {outlook.assumes} {down.text}
        </p>
      )}
    </section>
  );
}

type Forecast = Extract<RescaleOutlook, { readonly kind: 'forecast' }>;

function Picture({ outlook, to }: { outlook: Forecast; to: number }) {
  const [element, width] = useWidth<HTMLDivElement>();
  const { past, asIs, changed, drainedMs } = outlook;
  const now = asIs[0]!;
  const end = asIs.at(-1)!;
  const first = past[0] ?? now;
  const drawn = [...past, ...changed, end];
  const top = scaleTop(Math.max(...drawn.map(({ records }) => records)), 'plain');
  const right = Math.max(GUTTER + 1, width - 4);
  const x = (t: number) =>
    GUTTER + ((t - first.t) / Math.max(1, end.t - first.t)) * (right - GUTTER);
  const y = (records: number) => BASE - (records / top) * (BASE - TOP);
  const path = (points: readonly BacklogPoint[]) =>
    points.map(({ t, records }, at) => `${at === 0 ? 'M' : 'L'}${x(t)} ${y(records)}`).join('');
  const drained =
    drainedMs === null ? `×${to}: does not drain` : `×${to}: ${drainedText(drainedMs)}`;
  const endText = `as it is: ${figureText(countFigure(end.records))}`;
  const summary = `${figureText(countFigure(now.records))} records wait now. At ${clockMinute(end.t)} ${endText}. ${drained}.`;
  return (
    <div ref={element}>
      <p className="rescale-lines">
        <span>
          <i className="as-is" aria-hidden="true" />
          {endText}
        </span>
        <span>
          <i className="changed" aria-hidden="true" />
          {drained}
        </span>
      </p>
      {width > 0 && (
        <svg width={width} height={HEIGHT} role="img" aria-label={summary}>
          {[top, top / 2].map((records) => (
            <g key={records}>
              <line className="grid" x1={GUTTER} x2={right} y1={y(records)} y2={y(records)} />
              <text x={GUTTER - 6} y={y(records) + 4} textAnchor="end">
                {axisText(figureText(countFigure(records)))}
              </text>
            </g>
          ))}
          <path
            className="past-area"
            d={`${path([...past, now])}L${x(now.t)} ${BASE}L${x(first.t)} ${BASE}z`}
          />
          <path className="past" d={path([...past, now])} />
          <path className="as-is" d={path(asIs)} />
          <path className="changed" d={path(changed)} />
          <line className="axis" x1={GUTTER} x2={right} y1={BASE} y2={BASE} />
          <line className="now" x1={x(now.t)} x2={x(now.t)} y1={TOP - 4} y2={BASE} />
          {x(now.t) - GUTTER > 64 && (
            <text x={GUTTER} y={HEIGHT - 8}>
              {clockMinute(first.t)}
            </text>
          )}
          <text x={x(now.t)} y={HEIGHT - 8} textAnchor="middle">
            now
          </text>
          <text x={right} y={HEIGHT - 8} textAnchor="end">
            {clockMinute(end.t)}
          </text>
        </svg>
      )}
    </div>
  );
}

/** The last minutes of the backlog, as far as they are known. */
function pastOf(ring: JobStore['job']): BacklogPoint[] {
  const points: BacklogPoint[] = [];
  for (let i = ring.indexAt((ring.lastTime() ?? 0) - PAST_MS); i < ring.length; i++) {
    const records = ring.value(i, JOB_COLUMNS.pendingRecords);
    if (!Number.isNaN(records)) points.push({ t: ring.time(i), records });
  }
  return points;
}
