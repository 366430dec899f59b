/** The table of jobs: one row a job, worst first. */
import type { JobSummary } from '@weir/console-protocol';
import { Link, useNavigate } from '@tanstack/react-router';
import { useVirtualizer } from '@tanstack/react-virtual';
import { Check, TriangleAlert } from 'lucide-react';
import { memo, useRef } from 'react';
import { FigureText } from '../../components/figure-text.tsx';
import { Sparkline } from '../../components/sparkline.tsx';
import { StateWord } from '../../components/state-word.tsx';
import { useNow } from '../../components/use-now.ts';
import { clockTime, dayAndTime } from '../../model/clock-time.ts';
import {
  bytesFigure,
  countFigure,
  durationFigure,
  exact,
  type Figure,
} from '../../model/figures.ts';
import { jobHealth } from '../../model/job-health.ts';
import { uptimeMs } from '../../model/job-row.ts';
import { isTerminal } from '../../model/job-state.ts';

const ROW_HEIGHT = 42;

/** Only the rows in view are in the document; it scrolls by itself. */
export function JobsTable({ jobs }: { jobs: readonly JobSummary[] }) {
  const now = useNow();
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: jobs.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 12,
  });
  const shown = rows.getVirtualItems();
  const above = shown[0]?.start ?? 0;
  const below = rows.getTotalSize() - (shown.at(-1)?.end ?? 0);
  return (
    <div className="scroll" ref={scroller}>
      <table className="jobs-table" aria-rowcount={jobs.length + 1}>
        <caption className="hidden-text">Jobs of this server, worst first</caption>
        <thead>
          <tr>
            <th scope="col">Job</th>
            <th scope="col">State</th>
            <th scope="col">Health</th>
            <NumberHead text="Uptime" />
            <NumberHead text="Restarts" />
            <NumberHead text="In, rec/s" />
            <NumberHead text="Out, rec/s" />
            <th scope="col">60 s</th>
            <NumberHead text="Watermark lag" />
            <NumberHead text="Pending" />
            <NumberHead text="Checkpoint" />
            <NumberHead text="Took" />
            <NumberHead text="Size" />
            <NumberHead text="Par." title="Parallelism" />
            <NumberHead text="Tasks" />
          </tr>
        </thead>
        <tbody>
          <Spacer height={above} />
          {shown.map(({ index }) => {
            const job = jobs[index];
            return job === undefined ? null : <JobRow key={job.jobId} job={job} now={now} />;
          })}
          <Spacer height={below} />
        </tbody>
      </table>
    </div>
  );
}

/** Holds the place of the rows that are out of view. */
function Spacer({ height }: { height: number }) {
  if (height <= 0) return null;
  return (
    <tr className="spacer">
      <td colSpan={15} style={{ height }} />
    </tr>
  );
}

function NumberHead({ text, title }: { text: string; title?: string }) {
  return (
    <th scope="col" className="num" title={title}>
      {text}
    </th>
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
    <tr className={over ? 'over' : undefined} onClick={open}>
      <th scope="row">
        <Link to="/c/embedded/jobs/$jobId/graph" params={{ jobId: job.jobId }}>
          {job.name}
        </Link>
        <small title={job.jobId}>{job.jobId.slice(0, 8)}</small>
      </th>
      <td>
        <StateWord state={job.state} />
      </td>
      <HealthCell job={job} now={now} />
      <NumberCell
        figure={durationFigure(Math.floor(uptimeMs(job, now) / 1000) * 1000)}
        title={`started ${dayAndTime(job.startedAt, now)}${ended}`}
      />
      <NumberCell figure={countFigure(job.restarts)} title={exact(job.restarts)} />
      <NumberCell figure={countFigure(over ? null : job.recordsIn)} title={exact(job.recordsIn)} />
      <NumberCell
        figure={countFigure(over ? null : job.recordsOut)}
        title={exact(job.recordsOut)}
      />
      <td>
        <RateLine rates={job.sparkline} />
      </td>
      <NumberCell
        figure={durationFigure(over ? null : job.watermarkLag)}
        title={exact(job.watermarkLag, 'ms')}
        tone="tone-watermark"
      />
      <NumberCell
        figure={countFigure(over ? null : job.pendingRecords)}
        title={exact(job.pendingRecords, 'records')}
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
      />
      <NumberCell
        figure={bytesFigure(checkpoint?.bytes ?? null)}
        title={exact(checkpoint?.bytes ?? null, 'bytes')}
      />
      <NumberCell figure={countFigure(job.parallelism)} />
      <td className="num" title={`${job.tasksRunning} of ${job.tasksTotal} subtasks run`}>
        {job.tasksRunning}
        <small>/{job.tasksTotal}</small>
      </td>
    </tr>
  );
});

const HEALTH_ICONS = { fail: TriangleAlert, warn: TriangleAlert, ok: Check, plain: null };

function HealthCell({ job, now }: { job: JobSummary; now: number }) {
  const { tone, head, detail } = jobHealth(job, now);
  const Icon = HEALTH_ICONS[tone];
  return (
    <td className={`health health-${tone}`} title={detail === '' ? head : `${head}: ${detail}`}>
      <span>
        {Icon !== null && <Icon aria-hidden="true" />}
        {head}
      </span>
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

/** One point a second, oldest first. */
function RateLine({ rates }: { rates: readonly (number | null)[] }) {
  const points = rates.map((value, at) => ({ t: at * 1000, value: value ?? Number.NaN }));
  return <Sparkline points={points} width={88} height={18} />;
}

function checkpointAge(checkpoint: JobSummary['lastCheckpoint'], now: number): Figure {
  if (checkpoint === null) return durationFigure(null);
  const age = Math.max(0, now - checkpoint.completedAt);
  return durationFigure(Math.floor(age / 1000) * 1000);
}
