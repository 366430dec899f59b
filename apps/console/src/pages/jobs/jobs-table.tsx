/** The table of jobs: one row a job, heads that sort, groups below heads of their own. */
import type { JobSummary } from '@weir/console-protocol';
import { Link, useNavigate } from '@tanstack/react-router';
import { useVirtualizer } from '@tanstack/react-virtual';
import { ArrowDown, ArrowUp } from 'lucide-react';
import { memo, useLayoutEffect, useRef } from 'react';
import { FigureText } from '../../components/figure-text.tsx';
import { HealthWord } from '../../components/health-word.tsx';
import { Sparkline } from '../../components/sparkline.tsx';
import { StateWord } from '../../components/state-word.tsx';
import { useNow } from '../../components/use-now.ts';
import { clockTime, dayAndTime } from '../../model/time/clock-time.ts';
import {
  ageFigure,
  bytesFigure,
  countFigure,
  durationFigure,
  exact,
  type Figure,
} from '../../model/figures/figures.ts';
import { jobHealth } from '../../model/jobs/job-health.ts';
import { type JobSort, type JobsLine, ratePoints, uptimeMs } from '../../model/jobs/job-row.ts';
import { isSlow } from '../../model/checkpoints/checkpoint-history.ts';
import { isTerminal } from '../../model/jobs/job-state.ts';

const ROW_HEIGHT = 42;
const HEAD_HEIGHT = 30;

interface Column {
  readonly text: string;
  readonly sort: JobSort | null;
  readonly title?: string;
  readonly left?: true;
  /** Left out where the window is narrow. */
  readonly spare?: true;
}

const COLUMNS: readonly Column[] = [
  { text: 'Job', sort: 'name', left: true },
  { text: 'State', sort: 'state', left: true },
  { text: 'Health', sort: 'health', left: true },
  { text: 'Uptime', sort: 'uptime' },
  { text: 'Restarts', sort: 'restarts' },
  { text: 'In, rec/s', sort: 'in' },
  { text: 'Out, rec/s', sort: 'out' },
  {
    text: '30 min',
    sort: null,
    left: true,
    spare: true,
    title: 'Records in, of the last half hour or since the job runs',
  },
  { text: 'Watermark lag', sort: 'lag' },
  { text: 'Consumer lag', sort: 'pending' },
  { text: 'Checkpoint', sort: 'checkpoint', title: 'Age of the last one' },
  { text: 'Took', sort: 'took' },
  { text: 'Size', sort: 'size' },
  { text: 'Par.', sort: 'parallelism', title: 'Parallelism' },
  { text: 'Tasks', sort: null, spare: true },
];

export interface JobsTableProps {
  readonly lines: readonly JobsLine[];
  readonly sort: JobSort;
  readonly reversed: boolean;
  readonly sortBy: (sort: JobSort) => void;
  /** Somebody is on a row, or no longer. */
  readonly keepOrder: (wanted: boolean) => void;
}

/** Only the rows in view are in the document; it scrolls by itself. */
export function JobsTable({ lines, sort, reversed, sortBy, keepOrder }: JobsTableProps) {
  const now = useNow();
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: (at) => (lines[at]?.kind === 'head' ? HEAD_HEIGHT : ROW_HEIGHT),
    overscan: 12,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: heights follow from the lines alone
  useLayoutEffect(() => rows.measure(), [lines.length, sort, reversed]);
  const shown = rows.getVirtualItems();
  const above = shown[0]?.start ?? 0;
  const below = rows.getTotalSize() - (shown.at(-1)?.end ?? 0);
  return (
    <div className="scroll" ref={scroller}>
      <table className="jobs-table" aria-rowcount={lines.length + 1}>
        <caption className="hidden-text">Jobs of this server</caption>
        <thead>
          <tr>
            {COLUMNS.map((column) => (
              <Head key={column.text} {...{ column, sort, reversed, sortBy }} />
            ))}
          </tr>
        </thead>
        <tbody
          onPointerEnter={() => keepOrder(true)}
          onPointerLeave={() => keepOrder(false)}
          onFocus={() => keepOrder(true)}
          onBlur={() => keepOrder(false)}
        >
          <Spacer height={above} />
          {shown.map(({ index }) => {
            const line = lines[index];
            if (line === undefined) return null;
            return line.kind === 'job' ? (
              <JobRow key={line.job.jobId} job={line.job} now={now} />
            ) : (
              <GroupRow key={`group ${line.text}`} text={line.text} jobs={line.jobs} />
            );
          })}
          <Spacer height={below} />
        </tbody>
      </table>
    </div>
  );
}

interface HeadProps extends Omit<JobsTableProps, 'lines' | 'keepOrder'> {
  readonly column: Column;
}

function Head({ column, sort: by, reversed, sortBy }: HeadProps) {
  const { text, sort, title, left, spare } = column;
  const up = (sort === 'name' || sort === 'state') !== reversed;
  const order = up ? 'ascending' : 'descending';
  const Arrow = up ? ArrowUp : ArrowDown;
  return (
    <th
      scope="col"
      className={[left ? '' : 'num', spare ? 'spare' : ''].join(' ').trim() || undefined}
      title={title}
      aria-sort={sort === by ? order : undefined}
    >
      {sort === null ? (
        text
      ) : (
        <button type="button" className="sort" onClick={() => sortBy(sort)}>
          {text}
          {sort === by && <Arrow aria-hidden="true" />}
        </button>
      )}
    </th>
  );
}

function GroupRow({ text, jobs }: { text: string; jobs: number }) {
  return (
    <tr className="group">
      <th scope="rowgroup" colSpan={COLUMNS.length}>
        {text} <span className="quiet-text">{jobs === 1 ? '1 job' : `${jobs} jobs`}</span>
      </th>
    </tr>
  );
}

/** Holds the place of the rows that are out of view. */
function Spacer({ height }: { height: number }) {
  if (height <= 0) return null;
  return (
    <tr className="spacer">
      <td colSpan={COLUMNS.length} style={{ height }} />
    </tr>
  );
}

const JobRow = memo(function JobRow({ job, now }: { job: JobSummary; now: number }) {
  const navigate = useNavigate();
  const over = isTerminal(job.state);
  const open = () =>
    void navigate({ to: '/c/embedded/jobs/$jobId/graph', params: { jobId: job.jobId } });
  const checkpoint = job.lastCheckpoint;
  const ended = job.endedAt === null ? '' : `, ended ${dayAndTime(job.endedAt, now)}`;
  return (
    // The row is a larger target for the pointer; the keyboard has the link in it.
    <tr className={over && job.state !== 'FAILED' ? 'over' : undefined} onClick={open}>
      <th scope="row">
        <Link to="/c/embedded/jobs/$jobId/graph" params={{ jobId: job.jobId }} title={job.name}>
          {job.name}
        </Link>
        <small title={job.jobId}>{job.jobId.slice(0, 8)}</small>
      </th>
      <td>
        <StateWord state={job.state} />
      </td>
      <HealthCell job={job} now={now} />
      <NumberCell
        figure={over ? durationFigure(uptimeMs(job, now)) : ageFigure(uptimeMs(job, now))}
        title={`started ${dayAndTime(job.startedAt, now)}${ended}`}
      />
      <NumberCell
        figure={countFigure(job.restarts)}
        title={exact(job.restarts)}
        tone={(job.failure?.recently ?? 0) >= 3 && !over ? 'tone-fail' : ''}
      />
      <NumberCell figure={countFigure(over ? null : job.recordsIn)} title={exact(job.recordsIn)} />
      <NumberCell
        figure={countFigure(over ? null : job.recordsOut)}
        title={exact(job.recordsOut)}
      />
      <td className="spare">
        <RateLine job={job} now={now} />
      </td>
      <NumberCell
        figure={durationFigure(over ? null : job.watermarkLag)}
        title={exact(job.watermarkLag, 'ms')}
        tone="tone-watermark"
      />
      <NumberCell
        figure={consumerLag(job)}
        title={`${exact(job.pendingRecords, 'records')} not read yet`}
        tone="tone-lag"
      />
      <NumberCell
        figure={checkpointAge(checkpoint, now)}
        title={
          checkpoint === null
            ? 'none yet'
            : `#${checkpoint.id}, ${clockTime(checkpoint.completedAt)}`
        }
      />
      <NumberCell
        figure={durationFigure(checkpoint?.durationMs ?? null)}
        title={exact(checkpoint?.durationMs ?? null, 'ms')}
        tone={
          isSlow(checkpoint?.durationMs ?? 0, job.checkpointing?.usualMs ?? null) ? 'tone-warn' : ''
        }
      />
      <NumberCell
        figure={bytesFigure(checkpoint?.bytes ?? null)}
        title={exact(checkpoint?.bytes ?? null, 'bytes')}
      />
      <NumberCell figure={countFigure(job.parallelism)} />
      <td className="num spare" title={`${job.tasksRunning} of ${job.tasksTotal} subtasks run`}>
        {job.tasksRunning}
        <small>/{job.tasksTotal}</small>
      </td>
    </tr>
  );
});

function HealthCell({ job, now }: { job: JobSummary; now: number }) {
  const health = jobHealth(job, now);
  const { head, detail } = health;
  return (
    <td className="health" title={detail === '' ? head : `${head}: ${detail}`}>
      <HealthWord health={health} />
      {detail !== '' && <small>{detail}</small>}
    </td>
  );
}

function NumberCell(props: { figure: Figure; title?: string; tone?: string }) {
  const { figure, title, tone } = props;
  const zero = figure[0]?.value === '0' || figure[0]?.value === '—';
  return (
    <td className={`num ${zero ? 'zero' : (tone ?? '')}`}>
      <FigureText figure={figure} title={title} />
    </td>
  );
}

/** Of the last half hour, or since the job runs; red from where that began which holds it up. */
function RateLine({ job, now }: { job: JobSummary; now: number }) {
  const held = jobHealth(job, now).tone === 'fail' && job.bottleneck?.until == null;
  return (
    <Sparkline
      points={ratePoints(job, job.endedAt ?? now)}
      width={88}
      height={18}
      accent="var(--busy-100)"
      accentFrom={held ? (job.bottleneck?.since ?? null) : null}
    />
  );
}

/** In time where the sources know it, else in records. */
function consumerLag(job: JobSummary): Figure {
  if (isTerminal(job.state)) return durationFigure(null);
  const { pendingMs = null, pendingRecords } = job;
  return pendingMs === null ? countFigure(pendingRecords, 'rec') : durationFigure(pendingMs);
}

function checkpointAge(checkpoint: JobSummary['lastCheckpoint'], now: number): Figure {
  if (checkpoint === null) return durationFigure(null);
  return ageFigure(now - checkpoint.completedAt);
}
