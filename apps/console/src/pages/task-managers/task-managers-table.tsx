/** One row a task manager: its job, its slot threads as cells, its memory. */
import type { JobSummary, SlotThread, TaskManagerEntry } from '@weir/console-protocol';
import { useQuery } from '@tanstack/react-query';
import { type MouseEvent, useMemo } from 'react';
import { Link, useNavigate } from '@tanstack/react-router';
import { FigureText } from '../../components/figure-text.tsx';
import { HealthWord } from '../../components/health-word.tsx';
import { Sparkline } from '../../components/sparkline.tsx';
import { StateWord } from '../../components/state-word.tsx';
import { useNow } from '../../components/use-now.ts';
import { useJobFigures } from '../../live/use-live.ts';
import { busyColour } from '../../model/graph/busy-ramp.ts';
import {
  ageFigure,
  bytesFigure,
  durationFigure,
  exact,
  figureText,
  percentFigure,
} from '../../model/figures/figures.ts';
import { type JobHealth, jobHealth } from '../../model/jobs/job-health.ts';
import { taskManagerHistoryQuery } from '../../rest/weir-client.ts';
import { fullestHeap, isHeapFull, ratio } from '../../model/task-managers/task-manager-reading.ts';

export interface TaskManagersTableProps {
  readonly taskManagers: readonly TaskManagerEntry[];
  readonly selected: string;
}

export function TaskManagersTable({ taskManagers, selected }: TaskManagersTableProps) {
  const jobs = useJobFigures()?.jobs ?? [];
  return (
    <table className="task-managers">
      <caption className="hidden-text">Task managers of this server</caption>
      <thead>
        <tr>
          <th scope="col">Task manager</th>
          <th scope="col">Job</th>
          <th scope="col">Slots, thread busy %</th>
          <th scope="col" className="num">
            Cores
          </th>
          <th scope="col" className="sparkline-column">
            30 min
          </th>
          <th scope="col" className="num">
            Loop delay
          </th>
          <th scope="col" className="num">
            Heap
          </th>
          <th scope="col" className="num">
            GC
          </th>
          <th scope="col" className="num" title="Resident memory of the process">
            Process
          </th>
          <th scope="col" className="num" title="Channel memory in use">
            Channels
          </th>
          <th scope="col" className="num">
            Restarts
          </th>
        </tr>
      </thead>
      <tbody>
        {taskManagers.map((one) => (
          <Row
            key={one.id}
            entry={one}
            job={jobs.find(({ jobId }) => jobId === one.jobId)}
            selected={one.id === selected}
          />
        ))}
      </tbody>
    </table>
  );
}

interface RowProps {
  readonly entry: TaskManagerEntry;
  /** Its job, when the list of jobs has come. */
  readonly job: JobSummary | undefined;
  readonly selected: boolean;
}

function Row({ entry, job, selected }: RowProps) {
  const navigate = useNavigate();
  const { id, pid, jobId, jobName, slots } = entry;
  const open = ({ target }: MouseEvent) => {
    if (target instanceof Element && target.closest('a') !== null) return;
    void navigate({ to: '/c/embedded/task-managers', search: { tm: id } });
  };
  const full = isHeapFull(fullestHeap(slots)) || entry.heapEnd !== null;
  return (
    // The row is a larger target for the pointer; the keyboard has the link in it.
    <tr className={selected ? 'selected' : undefined} onClick={open}>
      <th scope="row">
        <Link to="/c/embedded/task-managers" search={{ tm: id }}>
          {id}
        </Link>
        <small>
          pid {pid}
          <Since at={entry.runningSince} />
        </small>
      </th>
      <td>
        <Link to="/c/embedded/jobs/$jobId/graph" params={{ jobId }}>
          {jobName}
        </Link>
        <JobWord entry={entry} job={job} />
      </td>
      <td>
        <SlotCells slots={slots} />
      </td>
      <td className="num" title={exact(entry.cpuCores, 'cores')}>
        {entry.cpuCores === null ? '—' : entry.cpuCores.toFixed(2)}
      </td>
      <td className="sparkline-column">
        <CoresLine id={id} />
      </td>
      <td className="num">
        <FigureText
          figure={durationFigure(entry.eventLoopDelayMs)}
          title={exact(entry.eventLoopDelayMs, 'ms')}
        />
      </td>
      <MemoryCell used={entry.heapUsedBytes} limit={entry.heapLimitBytes} warn={full} />
      <td className="num">
        <FigureText figure={percentFigure(entry.gc)} title={exact(entry.gc)} />
      </td>
      <td className="num">
        <FigureText figure={bytesFigure(entry.rssBytes)} title={exact(entry.rssBytes, 'bytes')} />
      </td>
      <MemoryCell used={entry.channelBytesUsed} limit={entry.channelBytes} warn={false} />
      <td className={entry.restarts === 0 ? 'num zero' : 'num'}>{entry.restarts}</td>
    </tr>
  );
}

/** Its heap where that ends, else how its job does. */
function JobWord({ entry, job }: { entry: TaskManagerEntry; job: JobSummary | undefined }) {
  const { jobState, heapEnd } = entry;
  const now = useNow();
  if (job === undefined || jobState !== 'RUNNING') return <StateWord state={jobState} />;
  const grows = heapEnd === null ? null : HEAP_GROWS;
  return <HealthWord health={grows ?? jobHealth(job, now)} />;
}

const HEAP_GROWS: JobHealth = { tone: 'warn', head: 'Heap grows', detail: '', urgency: 4 };

/** Cores in use over the last half hour; the number stands beside it. */
function CoresLine({ id }: { id: string }) {
  const { data } = useQuery(taskManagerHistoryQuery(id));
  const points = useMemo(
    () =>
      (data?.times ?? []).flatMap((t, at) => {
        const value = data?.cores[at];
        return value == null ? [] : [{ t, value }];
      }),
    [data],
  );
  return <Sparkline points={points} width={84} height={20} />;
}

function Since({ at }: { at: number | null }) {
  const now = useNow();
  if (at === null) return null;
  return <> · {figureText(ageFigure(now - at))}</>;
}

function SlotCells({ slots }: { slots: readonly SlotThread[] }) {
  return (
    <ul className="slot-cells" aria-label="Busy slot threads">
      {slots.map(({ slot, busy, tasks }) => {
        const { fill, ink } = busyColour(busy);
        const share = busy === null ? null : Math.round(busy * 100);
        const title = `slot ${slot}: ${share === null ? 'unknown' : `${share} % busy`}, ${
          tasks.length === 1 ? '1 subtask' : `${tasks.length} subtasks`
        }`;
        return share === null ? (
          <li key={slot} className="unknown" title={title}>
            –
          </li>
        ) : (
          <li key={slot} style={{ background: fill, color: ink }} title={title}>
            {share}
          </li>
        );
      })}
    </ul>
  );
}

interface MemoryCellProps {
  readonly used: number | null;
  readonly limit: number | null;
  readonly warn: boolean;
}

function MemoryCell({ used, limit, warn }: MemoryCellProps) {
  const fill = Math.min(1, ratio(used, limit) ?? 0);
  return (
    <td className={warn ? 'num tone-warn' : 'num'} title={exact(used, 'bytes')}>
      <span className="memory">
        <span>
          <FigureText figure={bytesFigure(used)} />{' '}
          <small>of {figureText(bytesFigure(limit))}</small>
        </span>
        <span className={warn ? 'memory-bar warn' : 'memory-bar'} aria-hidden="true">
          <i style={{ width: `${fill * 100}%` }} />
        </span>
      </span>
    </td>
  );
}
