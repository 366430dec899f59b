/** Where the subtasks of each operator spend their time; from task states, not from samples. */
import type { JobTopology, VertexTimes } from '@weir/console-protocol';
import { vertexTitle } from '../../../model/graph/vertex-title.ts';
import type { ChangeFlame } from './flame-search.ts';

const PARTS = [
  ['running', 'Running', 'var(--busy-bar)'],
  ['queued', 'Queued', 'var(--text-3)'],
  ['external', 'External', 'var(--warn-fill)'],
  ['blocked', 'Blocked', undefined],
  ['starved', 'Starved', 'var(--idle)'],
] as const;
/** Waiting outside for less than this, in subtasks, is no cause of anything. */
const CAUSE_MIN = 0.1;

export interface FlameTimesProps {
  readonly times: readonly VertexTimes[];
  readonly topology: JobTopology | null;
  readonly selected: string | undefined;
  readonly change: ChangeFlame;
}

export function FlameTimes({ times, topology, selected, change }: FlameTimesProps) {
  const most = Math.max(1, ...times.map(({ subtasks }) => subtasks));
  const all = times.reduce((sum, { subtasks }) => sum + subtasks, 0);
  // Red is the cause, once: the one that waits most outside.
  const worst = Math.max(CAUSE_MIN, ...times.map(({ external }) => external));
  return (
    <section className="flame-times">
      <table>
        <caption>
          Where {all} subtasks spend their time <small>bar length: subtasks</small>
          <PartKeys />
        </caption>
        <thead>
          <tr>
            <th scope="col">Operator</th>
            <th scope="col">
              <span className="hidden-text">Picture</span>
            </th>
            {PARTS.map(([part, label]) => (
              <th key={part} scope="col">
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {times.map((one) => {
            const vertex = topology?.vertices.find(({ id }) => id === one.vertexId);
            return (
              <TimesRow
                key={one.vertexId}
                times={one}
                name={vertex === undefined ? one.vertexId : vertexTitle(vertex)}
                width={one.subtasks / most}
                cause={one.external >= worst}
                selected={one.vertexId === selected}
                open={() => change({ vertex: one.vertexId, zoom: undefined, node: undefined })}
              />
            );
          })}
        </tbody>
      </table>
    </section>
  );
}

function PartKeys() {
  return (
    <span className="flame-part-keys" aria-hidden="true">
      {PARTS.map(([part, label, colour]) => (
        <span key={part}>
          <i
            className={part === 'blocked' ? 'hatch' : part}
            style={{ background: part === 'external' ? 'var(--busy-100)' : colour }}
          />
          {label.toLowerCase()}
        </span>
      ))}
    </span>
  );
}

interface TimesRowProps {
  readonly times: VertexTimes;
  readonly name: string;
  /** Of the bar, 0…1. */
  readonly width: number;
  readonly cause: boolean;
  readonly selected: boolean;
  readonly open: () => void;
}

function TimesRow({ times, name, width, cause, selected, open }: TimesRowProps) {
  const biggest = Math.max(...PARTS.map(([part]) => times[part]));
  const colourOf = (part: string, colour: string | undefined) =>
    part === 'external' && cause ? 'var(--busy-100)' : colour;
  return (
    <tr className={selected ? 'selected' : ''}>
      <th scope="row">
        <button type="button" className="link" onClick={open}>
          {name}
        </button>{' '}
        <small>×{times.subtasks}</small>
      </th>
      <td>
        <span className="flame-parts" style={{ width: `${100 * width}%` }} aria-hidden="true">
          {PARTS.map(([part, , colour]) => (
            <i
              key={part}
              className={part === 'blocked' ? 'hatch' : ''}
              style={{ flexGrow: times[part], background: colourOf(part, colour) }}
            />
          ))}
        </span>
      </td>
      {PARTS.map(([part]) => (
        <td
          key={part}
          className={times[part] < 0.005 ? 'zero' : times[part] === biggest ? 'most' : ''}
        >
          {times[part] < 0.005 ? '0' : times[part].toFixed(2)}
        </td>
      ))}
    </tr>
  );
}
