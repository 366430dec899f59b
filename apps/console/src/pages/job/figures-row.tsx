/** Five figures with their last half hour: in, out, watermark lag, pending, last checkpoint. */
import type { JobTick } from '@weir/console-protocol';
import { useMemo } from 'react';
import { useShownTimeAs } from '../../frame/use-moment.ts';
import { JOB_COLUMNS, type JobStore } from '../../live/job-store.ts';
import { useJob, useJobChart, useJobStore, useLiveData, useSelected } from '../../live/use-live.ts';
import {
  historyPoints,
  isSlow,
  usualDuration,
} from '../../model/checkpoints/checkpoint-history.ts';
import { clockTime } from '../../model/time/clock-time.ts';
import {
  ageFigure,
  bytesFigure,
  countFigure,
  durationFigure,
  exact,
  type Figure,
  figureText,
} from '../../model/figures/figures.ts';
import {
  backlogText,
  changeText,
  extremesText,
  lagTrendText,
  sinkRatesText,
} from '../../model/figures/figure-notes.ts';
import { limitedSince } from '../../model/verdict/limiting-vertex.ts';
import { isTerminal } from '../../model/jobs/job-state.ts';
import { useCheckpointsShown } from '../../rest/moment-queries.ts';
import { FigureCell } from './figure-cell.tsx';

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

/**
 * What a figure's line and note need of the job's ring, at the pace of charts; the line begins with
 * the ring.
 */
function useRing(
  column: number,
  format: (value: number) => Figure,
  noteOf: (store: JobStore) => string = () => '',
) {
  return useJobChart((store) => {
    const { past } = store;
    const range = past !== null && past.from !== past.to ? past : null;
    return {
      points: store.job.sample(column, 0, POINTS),
      since: limitedSince(store),
      isPast: past !== null,
      isRange: range !== null,
      extremes: range === null ? '' : extremesText(store.job, column, range, format),
      note: noteOf(store),
    };
  });
}

/** What the live store says, for beside a figure of the past; null once the job has ended. */
function usePresent<T extends object>(select: (tick: JobTick) => T): T | null {
  const store = useLiveData().job(useJobStore().jobId);
  return useSelected(store, ({ latest }) =>
    latest === null || isTerminal(latest.state) ? null : select(latest),
  );
}

const rate = (value: number | null) => countFigure(value, 'rec/s');

function RecordsIn() {
  const column = JOB_COLUMNS.recordsIn;
  const { points, since, note, isPast, isRange, extremes } = useRing(column, countFigure, (store) =>
    changeText(store.job, column, limitedSince(store)),
  );
  const value = useJob(({ latest }) => latest?.recordsIn ?? null);
  const present = usePresent((tick) => ({ value: tick.recordsIn }));
  return (
    <FigureCell
      name="Records in"
      label={isRange ? 'Records in, mean' : 'Records in'}
      figure={rate(value)}
      title={exact(value, 'records per second out of the sources')}
      note={isRange ? extremes : isPast ? '' : note}
      present={isPast && present !== null ? rate(present.value) : null}
      points={points}
      accentFrom={since}
      accent="var(--busy-100)"
    />
  );
}

function RecordsOut() {
  const { points, isPast, isRange, extremes } = useRing(JOB_COLUMNS.recordsOut, countFigure);
  const { value, note } = useJob((store) => ({
    value: store.latest?.recordsOut ?? null,
    note: sinkRatesText(store),
  }));
  const present = usePresent((tick) => ({ value: tick.recordsOut }));
  return (
    <FigureCell
      name="Records out"
      label={isRange ? 'Records out, mean' : 'Records out'}
      figure={rate(value)}
      title={exact(value, 'records per second into the sinks')}
      note={isRange ? extremes : isPast ? '' : note}
      present={isPast && present !== null ? rate(present.value) : null}
      points={points}
    />
  );
}

function WatermarkLag() {
  const column = JOB_COLUMNS.watermarkLag;
  const ring = useRing(column, durationFigure, ({ job }) => lagTrendText(job, column));
  const { points, since, note, isPast, isRange, extremes } = ring;
  const value = useJob(({ latest }) => latest?.watermarkLag ?? null);
  const present = usePresent((tick) => ({ value: tick.watermarkLag }));
  return (
    <FigureCell
      name="Watermark lag"
      label={isRange ? 'Watermark lag, mean' : 'Watermark lag'}
      figure={durationFigure(value)}
      title={exact(value, 'ms behind the newest event time')}
      note={isRange ? extremes : note}
      present={isPast && present !== null ? durationFigure(present.value) : null}
      points={points}
      accentFrom={since}
      accent="var(--watermark)"
    />
  );
}

function Pending() {
  const column = JOB_COLUMNS.pendingRecords;
  const ring = useRing(column, countFigure, ({ job }) => backlogText(job, column));
  const { points, since, note, isPast, isRange, extremes } = ring;
  const { value, ms } = useJob(({ latest }) => ({
    value: latest?.pendingRecords ?? null,
    ms: latest?.pendingMs ?? null,
  }));
  const present = usePresent((tick) => ({ value: tick.pendingRecords, ms: tick.pendingMs }));
  const figureOf = (records: number | null, time: number | null) =>
    time === null ? countFigure(records, 'rec') : durationFigure(time);
  return (
    <FigureCell
      name="Not read yet"
      label={isRange ? 'Not read yet, mean' : 'Not read yet'}
      figure={figureOf(value, ms)}
      title={exact(value, 'records pending at the sources')}
      extra={ms === null ? null : figureText(countFigure(value, 'rec'))}
      note={isRange ? extremes : note}
      present={isPast && present !== null ? figureOf(present.value, present.ms) : null}
      points={points}
      accentFrom={since}
      accent="var(--lag)"
    />
  );
}

function LastCheckpoint() {
  const { jobId } = useJobStore();
  const past = useJob((store) => store.past);
  const history = useCheckpointsShown(jobId);
  const known = useMemo(() => readHistory(history), [history]);
  if (past !== null && past.from !== past.to) {
    return <CheckpointsOfRange history={history} points={known.points} />;
  }
  return <CheckpointOfInstant known={known} isPast={past !== null} />;
}

interface OfInstantProps {
  readonly known: ReturnType<typeof readHistory>;
  readonly isPast: boolean;
}

/** Its age goes on every second; what was read does not. */
function CheckpointOfInstant({ known, isPast }: OfInstantProps) {
  const { last, usual, points } = known;
  const acknowledged = last?.latest_ack_timestamp ?? null;
  const age = useShownTimeAs(
    (now) => figureText(ageFigure(acknowledged === null ? null : now - acknowledged)),
    acknowledged,
  );
  const slow = last !== null && isSlow(last.end_to_end_duration, usual);
  const usually = usual === null ? '' : ` · usually ${figureText(durationFigure(usual))}`;
  const over = useJob((store) => isTerminal(store.latest?.state ?? 'RUNNING'));
  const when = isPast ? 'before' : over ? 'before its end' : 'ago';
  const note =
    last === null
      ? isPast
        ? 'none completed by then'
        : 'none completed'
      : `#${last.id}, ${age} ${when}${usually}`;
  return (
    <FigureCell
      name="Last checkpoint"
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

type History = ReturnType<typeof useCheckpointsShown>;

function readHistory(history: History) {
  return {
    last: history.find(({ status }) => status === 'COMPLETED') ?? null,
    usual: usualDuration(history),
    points: historyPoints(history).map(({ t, durationMs }) => ({
      t,
      value: durationMs ?? Number.NaN,
    })),
  };
}

interface OfRangeProps {
  readonly history: History;
  readonly points: readonly { readonly t: number; readonly value: number }[];
}

function CheckpointsOfRange({ history, points }: OfRangeProps) {
  const times = history
    .filter(({ status }) => status === 'COMPLETED')
    .map((one) => one.end_to_end_duration);
  const failed = history.filter(({ status }) => status === 'FAILED').map(({ id }) => `#${id}`);
  const mean = times.reduce((sum, ms) => sum + ms, 0) / Math.max(1, times.length);
  const parts = [
    failed.length === 0 ? '' : `${failed.slice(0, 3).join(', ')} failed`,
    times.length === 0 ? '' : `${figureText(durationFigure(mean))} mean`,
  ];
  return (
    <FigureCell
      name="Last checkpoint"
      label="Checkpoints"
      figure={[{ value: `${times.length}`, unit: `of ${history.length}` }]}
      title={`${times.length} completed in this time`}
      note={parts.filter(Boolean).join(' · ')}
      points={points}
    />
  );
}
