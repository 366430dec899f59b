/** Five figures with their last half hour: in, out, watermark lag, pending, last checkpoint. */
import { useQuery } from '@tanstack/react-query';
import { FigureText } from '../../components/figure-text.tsx';
import { Sparkline } from '../../components/sparkline.tsx';
import { useNow } from '../../components/use-now.ts';
import { JOB_COLUMNS, type JobStore } from '../../live/job-store.ts';
import { useJob, useJobStore } from '../../live/use-live.ts';
import { historyPoints, isSlow, usualDuration } from '../../model/checkpoint-history.ts';
import { clockTime } from '../../model/clock-time.ts';
import {
  bytesFigure,
  countFigure,
  durationFigure,
  exact,
  type Figure,
  figureText,
} from '../../model/figures.ts';
import type { SparkPoint } from '../../model/sparkline-path.ts';
import { backlogText, changeText, lagTrendText, sinkRatesText } from '../../model/figure-notes.ts';
import { checkpointsQuery } from '../../rest/job-queries.ts';

const WIDTH = 108;
const HEIGHT = 36;
const POINTS = 90;

export function FiguresRow() {
  return (
    <div className="figures">
      <RecordsIn />
      <RecordsOut />
      <WatermarkLag />
      <Pending />
      <LastCheckpoint />
    </div>
  );
}

interface FigureProps {
  readonly label: string;
  readonly figure: Figure;
  readonly title: string;
  readonly extra?: string | null;
  readonly note: string;
  readonly points: readonly SparkPoint[];
  readonly accentFrom?: number | null;
  readonly accent?: string;
}

function FigureCell(props: FigureProps) {
  const { label, figure, title, extra = null, note, points, accentFrom = null, accent } = props;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for form controls
    <div className="figure-cell" role="group" aria-label={label}>
      <span className="label">{label}</span>
      <span className="value">
        <FigureText figure={figure} title={title} />
        {extra !== null && <small> · {extra}</small>}
      </span>
      <Sparkline
        points={points}
        width={WIDTH}
        height={HEIGHT}
        accentFrom={accentFrom}
        {...(accent === undefined ? {} : { accent })}
      />
      <span className="note" title={note}>
        {note}
      </span>
    </div>
  );
}

/** What a figure of the job's ring needs; the line begins with the ring. */
function read(store: JobStore, column: number) {
  return {
    points: store.job.sample(column, 0, POINTS),
    since: store.verdicts.current?.since ?? null,
  };
}

function RecordsIn() {
  const { points, since, value, note } = useJob((store) => ({
    ...read(store, JOB_COLUMNS.recordsIn),
    value: store.latest?.recordsIn ?? null,
    note: changeText(store.job, JOB_COLUMNS.recordsIn, store.verdicts.current?.since ?? null),
  }));
  return (
    <FigureCell
      label="Records in"
      figure={countFigure(value, 'rec/s')}
      title={exact(value, 'records per second out of the sources')}
      note={note}
      points={points}
      accentFrom={since}
      accent="var(--busy-100)"
    />
  );
}

function RecordsOut() {
  const { points, value, note } = useJob((store) => ({
    ...read(store, JOB_COLUMNS.recordsOut),
    value: store.latest?.recordsOut ?? null,
    note: sinkRatesText(store.topology, store.latest),
  }));
  return (
    <FigureCell
      label="Records out"
      figure={countFigure(value, 'rec/s')}
      title={exact(value, 'records per second into the sinks')}
      note={note}
      points={points}
    />
  );
}

function WatermarkLag() {
  const { points, since, value, note } = useJob((store) => ({
    ...read(store, JOB_COLUMNS.watermarkLag),
    value: store.latest?.watermarkLag ?? null,
    note: lagTrendText(store.job, JOB_COLUMNS.watermarkLag),
  }));
  return (
    <FigureCell
      label="Watermark lag"
      figure={durationFigure(value)}
      title={exact(value, 'ms behind the newest event time')}
      note={note}
      points={points}
      accentFrom={since}
      accent="var(--watermark)"
    />
  );
}

function Pending() {
  const { points, since, value, ms, note } = useJob((store) => ({
    ...read(store, JOB_COLUMNS.pendingRecords),
    value: store.latest?.pendingRecords ?? null,
    ms: store.latest?.pendingMs ?? null,
    note: backlogText(store.job, JOB_COLUMNS.pendingRecords),
  }));
  const records = countFigure(value, 'rec');
  return (
    <FigureCell
      label="Not read yet"
      figure={ms === null ? records : durationFigure(ms)}
      title={exact(value, 'records pending at the sources')}
      extra={ms === null ? null : figureText(records)}
      note={note}
      points={points}
      accentFrom={since}
      accent="var(--lag)"
    />
  );
}

function LastCheckpoint() {
  const { jobId } = useJobStore();
  const now = useNow();
  const { data } = useQuery(checkpointsQuery(jobId));
  const last = data?.latest.completed ?? null;
  const history = data?.history ?? [];
  const usual = usualDuration(history);
  const points = historyPoints(history).map(({ t, durationMs }) => ({
    t,
    value: durationMs ?? Number.NaN,
  }));
  const slow = last !== null && isSlow(last.end_to_end_duration, usual);
  const age =
    last === null ? null : Math.floor(Math.max(0, now - last.latest_ack_timestamp) / 1000) * 1000;
  const usually = usual === null ? '' : ` · usually ${figureText(durationFigure(usual))}`;
  const note =
    last === null
      ? 'none completed yet'
      : `#${last.id}, ${figureText(durationFigure(age))} ago${usually}`;
  return (
    <FigureCell
      label="Last checkpoint"
      figure={durationFigure(last?.end_to_end_duration ?? null)}
      title={last === null ? 'none' : `acknowledged ${clockTime(last.latest_ack_timestamp)}`}
      extra={last === null ? null : figureText(bytesFigure(last.state_size))}
      note={note}
      points={points}
      accentFrom={slow ? last.trigger_timestamp - 1 : null}
      accent="var(--warn)"
    />
  );
}
