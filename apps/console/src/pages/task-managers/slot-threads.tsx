/** The slot threads of one task manager: a bar is a second of the thread, a part a subtask. */
import type { SlotThread, TaskManagerEntry } from '@weir/console-protocol';
import type { CSSProperties } from 'react';
import { Link } from '@tanstack/react-router';
import { Flame, ListTree } from 'lucide-react';
import { CopyButton } from '../../components/copy-button.tsx';
import { FigureText } from '../../components/figure-text.tsx';
import { bytesFigure, durationFigure, percentFigure } from '../../model/figures/figures.ts';
import { isHeapFull, ratio, threadParts } from '../../model/task-managers/task-manager-reading.ts';

const COLOURS = 8;
/** From this share on a part has room for its number. */
const LABEL_FROM = 0.06;

export function SlotThreads({ taskManager }: { taskManager: TaskManagerEntry }) {
  const { id, pid, jobId, jobName, slots } = taskManager;
  const vertices = verticesOf(slots);
  const vertexIds = [...vertices.keys()];
  const subtasks = slots.reduce((sum, { tasks }) => sum + tasks.length, 0);
  return (
    <section className="slot-threads" aria-label={`Slot threads of ${id}`}>
      <header>
        <h2>{id}</h2>
        <Link to="/c/embedded/jobs/$jobId/graph" params={{ jobId }}>
          {jobName}
        </Link>
        <span className="quiet-text">
          pid {pid} <CopyButton text={`${pid}`} label="Copy the pid" />
        </span>
        <span className="quiet-text">
          one process, {slots.length === 1 ? '1 slot thread' : `${slots.length} slot threads`},{' '}
          {subtasks === 1 ? '1 subtask' : `${subtasks} subtasks`}
        </span>
        <span className="grow" />
        <Link className="btn sm" to="/c/embedded/jobs/$jobId/flame" params={{ jobId }}>
          <Flame aria-hidden="true" />
          Profile
        </Link>
        <Link className="btn sm" to="/c/embedded/jobs/$jobId/logs" params={{ jobId }}>
          <ListTree aria-hidden="true" />
          Logs
        </Link>
      </header>
      <ul className="thread-legend" aria-label="Colours">
        {[...vertices].map(([vertexId, name], at) => (
          <li key={vertexId} title={name}>
            <i style={{ background: colourOf(at) }} aria-hidden="true" />
            <span>{name}</span>
          </li>
        ))}
        <li>
          <i style={{ background: 'var(--control)' }} aria-hidden="true" />
          <span>garbage collector</span>
        </li>
      </ul>
      <table>
        <caption className="hidden-text">Slot threads of {id}</caption>
        <thead>
          <tr>
            <th scope="col">Thread</th>
            <th scope="col" className="thread-column">
              One second of it, 100 % = one core
            </th>
            <th scope="col" className="num">
              Busy
            </th>
            <th scope="col" className="num">
              GC
            </th>
            <th scope="col" className="num">
              Subtasks
            </th>
            <th scope="col" className="num">
              Loop delay
            </th>
            <th scope="col" className="num">
              Heap
            </th>
          </tr>
        </thead>
        <tbody>
          {slots.map((thread) => (
            <ThreadRow key={thread.slot} thread={thread} vertexIds={vertexIds} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

interface ThreadRowProps {
  readonly thread: SlotThread;
  readonly vertexIds: readonly string[];
}

function ThreadRow({ thread, vertexIds }: ThreadRowProps) {
  const { slot, busy, gc, tasks, eventLoopDelayMs, heapUsedBytes, heapLimitBytes } = thread;
  const full = isHeapFull(ratio(heapUsedBytes, heapLimitBytes));
  const parts = threadParts(thread, vertexIds);
  const words = parts.map(({ label, share }) => `${label} ${Math.round(share * 100)} %`).join(', ');
  return (
    <tr>
      <th scope="row">slot {slot}</th>
      <td className="thread-column">
        <div className="thread-bar" role="img" aria-label={words === '' ? 'free' : words}>
          {parts.map(({ key, label, share, colour }) => (
            <span
              key={key}
              title={`${label}, ${Math.round(share * 100)} %`}
              style={partStyle(share, colour)}
            >
              {share >= LABEL_FROM && Math.round(share * 100)}
            </span>
          ))}
        </div>
      </td>
      <td className="num">
        <b>
          <FigureText figure={percentFigure(busy)} />
        </b>
      </td>
      <td className="num">
        <FigureText figure={percentFigure(gc)} />
      </td>
      <td className="num">{tasks.length}</td>
      <td className="num">
        <FigureText figure={durationFigure(eventLoopDelayMs)} />
      </td>
      <td className={full ? 'num tone-warn' : 'num'}>
        <FigureText figure={bytesFigure(heapUsedBytes)} />{' '}
        <small>
          of <FigureText figure={bytesFigure(heapLimitBytes)} />
        </small>
      </td>
    </tr>
  );
}

/** Id → name, in the order in which the threads list them: topological. */
function verticesOf(slots: readonly SlotThread[]): Map<string, string> {
  const all = slots.flatMap(({ tasks }) => tasks);
  return new Map(all.map(({ vertexId, name }) => [vertexId, name]));
}

function partStyle(share: number, colour: number | null): CSSProperties {
  const part = colour === null ? 'var(--control)' : colourOf(colour);
  return { width: `${share * 100}%`, '--part': part } as CSSProperties;
}

function colourOf(at: number): string {
  return `var(--s${(at % COLOURS) + 1})`;
}
