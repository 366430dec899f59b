/** Phases on one time axis: a row an operator (its slowest subtask), unfolded into subtasks. */
import { ChevronDown, ChevronRight } from 'lucide-react';
import { type CSSProperties, Fragment, useState } from 'react';
import { FigureText } from '../../../components/figure-text.tsx';
import { axisText } from '../../../model/chart-scale.ts';
import {
  ganttAxis,
  PHASES,
  type Phases,
  type SubtaskRow,
} from '../../../model/checkpoint-phases.ts';
import type { OperatorRow } from '../../../model/checkpoint-reading.ts';
import { bytesFigure, durationFigure, figureText } from '../../../model/figures.ts';

export function CheckpointGantt({ rows }: { rows: readonly OperatorRow[] }) {
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const axis = ganttAxis(Math.max(1, ...rows.map(({ endToEndMs }) => endToEndMs ?? 0)));
  const steps = { '--steps': axis.ticks.length - 1 } as CSSProperties;
  const toggle = (vertexId: string) => {
    const next = new Set(open);
    if (!next.delete(vertexId)) next.add(vertexId);
    setOpen(next);
  };
  return (
    <table className="gantt" style={steps}>
      <caption className="hidden-text">
        Operators and their subtasks, slowest first, with start delay, alignment, sync and async
      </caption>
      <thead>
        <tr>
          <th scope="col">Operator, slowest first</th>
          <th scope="col" className="num">
            Acknowledged
          </th>
          <th scope="col" className="track">
            <span className="hidden-text">Phases from the trigger on</span>
            <div className="axis" aria-hidden="true">
              {axis.ticks.map((tick) => (
                <span key={tick} style={{ left: `${(tick / axis.end) * 100}%` }}>
                  {tick === 0 ? '0' : axisText(figureText(durationFigure(tick)))}
                </span>
              ))}
            </div>
          </th>
          <th scope="col" className="num">
            Full
          </th>
          <th scope="col" className="num">
            Written
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row, at) => (
          <Fragment key={row.vertexId}>
            <OperatorLine
              row={row}
              end={axis.end}
              last={at === 0 && row.acknowledged === row.subtasks}
              open={open.has(row.vertexId)}
              toggle={() => toggle(row.vertexId)}
            />
            {open.has(row.vertexId) &&
              row.rows.map((subtask, place) => (
                <SubtaskLine
                  key={subtask.index}
                  row={subtask}
                  end={axis.end}
                  note={place === 0 && row.rows.length > 1 ? `slowest of ${row.rows.length}` : ''}
                />
              ))}
          </Fragment>
        ))}
      </tbody>
    </table>
  );
}

interface OperatorLineProps {
  readonly row: OperatorRow;
  readonly end: number;
  readonly last: boolean;
  readonly open: boolean;
  readonly toggle: () => void;
}

function OperatorLine({ row, end, last, open, toggle }: OperatorLineProps) {
  const Icon = open ? ChevronDown : ChevronRight;
  const pending = row.subtasks - row.acknowledged;
  return (
    <tr className={open ? 'open' : undefined}>
      <th scope="row">
        <button type="button" className="fold" aria-expanded={open} onClick={toggle}>
          <Icon aria-hidden="true" />
          {row.title} <span className="quiet-text">×{row.parallelism}</span>
        </button>{' '}
        {last && <span className="chip warn">last to acknowledge</span>}
        {pending > 0 && <span className="chip warn">{pending} not acknowledged</span>}
      </th>
      <td className="num">
        <FigureText figure={durationFigure(row.endToEndMs)} />
      </td>
      <td className="track">
        <PhaseBar phases={row.rows[0]?.phases ?? null} end={end} />
      </td>
      <td className="num">
        <FigureText figure={bytesFigure(row.stateBytes)} />
      </td>
      <td className="num">
        <FigureText figure={bytesFigure(row.writtenBytes)} />
      </td>
    </tr>
  );
}

function SubtaskLine({ row, end, note }: { row: SubtaskRow; end: number; note: string }) {
  return (
    <tr className="subtask">
      <th scope="row">
        subtask {row.index}
        {note !== '' && <span className="quiet-text"> · {note}</span>}
        {row.aborted && <span className="chip fail">aborted</span>}
      </th>
      <td className="num">
        {row.endToEndMs === null ? (
          'not yet'
        ) : (
          <FigureText figure={durationFigure(row.endToEndMs)} />
        )}
      </td>
      <td className="track">
        <PhaseBar phases={row.phases} end={end} />
      </td>
      <td className="num">
        <FigureText figure={bytesFigure(row.stateBytes)} />
      </td>
      <td className="num">
        <FigureText figure={bytesFigure(row.writtenBytes)} />
      </td>
    </tr>
  );
}

function PhaseBar({ phases, end }: { phases: Phases | null; end: number }) {
  if (phases === null) return null;
  const text = PHASES.map(
    ({ name, label }) => `${label} ${figureText(durationFigure(phases[name]))}`,
  ).join(', ');
  return (
    <div className="phase-bar" role="img" aria-label={text} title={text}>
      {PHASES.map(({ name }) => (
        <i
          key={name}
          className={`phase-${name}`}
          style={{ width: `${Math.min(100, (phases[name] / end) * 100)}%` }}
        />
      ))}
    </div>
  );
}
