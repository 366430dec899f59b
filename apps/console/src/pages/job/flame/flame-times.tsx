/** Where the subtasks of each operator spend their time; from task states, not from samples. */
import type { JobTopology, VertexTimes } from '@weir/console-protocol';
import { vertexTitle } from '../../../model/vertex-title.ts';
import type { ChangeFlame } from './flame-search.ts';

const PARTS = [
  ['running', 'Running', 'var(--busy-bar)'],
  ['queued', 'Queued', 'var(--text-3)'],
  ['external', 'External', 'var(--busy-100)'],
  ['blocked', 'Blocked', ''],
  ['starved', 'Starved', 'var(--idle)'],
] as const;

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
  const worst = times.reduce((max, { external }) => Math.max(max, external), 0);
  return (
    <section className="flame-times">
      <table>
        <caption>
          Where {all} subtasks spend their time <small>bar length: subtasks</small>
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
            const biggest = Math.max(...PARTS.map(([part]) => one[part]));
            const isWorst = one.external === worst && worst >= 0.1;
            return (
              <tr key={one.vertexId} className={one.vertexId === selected ? 'selected' : ''}>
                <th scope="row">
                  <button
                    type="button"
                    className="link"
                    onClick={() => change({ vertex: one.vertexId, zoom: undefined })}
                  >
                    {vertex === undefined ? one.vertexId : vertexTitle(vertex)}
                  </button>{' '}
                  <small>×{one.subtasks}</small>
                </th>
                <td>
                  <span
                    className="flame-parts"
                    style={{ width: `${(100 * one.subtasks) / most}%` }}
                    aria-hidden="true"
                  >
                    {PARTS.map(([part, , colour]) => (
                      <i
                        key={part}
                        className={part === 'blocked' ? 'hatch' : ''}
                        style={{
                          flexGrow: one[part],
                          background:
                            part === 'blocked'
                              ? undefined
                              : part === 'external' && !isWorst
                                ? 'var(--warn-fill)'
                                : colour,
                        }}
                      />
                    ))}
                  </span>
                </td>
                {PARTS.map(([part]) => (
                  <td key={part} className={one[part] === biggest ? 'most' : ''}>
                    {one[part] < 0.005 ? '0' : one[part].toFixed(2)}
                  </td>
                ))}
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}
