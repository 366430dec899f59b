/** Phases on one time axis: a row an operator (its slowest subtask), unfolded into subtasks. */
import { ChevronDown, ChevronRight } from 'lucide-react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type CSSProperties, useRef } from 'react';
import { FigureText } from '../../../components/figure-text.tsx';
import { axisText } from '../../../model/figures/chart-scale.ts';
import {
  ganttAxis,
  PHASES,
  restMs,
  type SubtaskRow,
} from '../../../model/checkpoints/checkpoint-phases.ts';
import type { OperatorRow } from '../../../model/checkpoints/checkpoint-record.ts';
import { bytesFigure, durationFigure, figureText } from '../../../model/figures/figures.ts';

export interface CheckpointGanttProps {
  readonly rows: readonly OperatorRow[];
  /** Ids of the operators whose subtasks are shown. */
  readonly open: readonly string[];
  readonly unfold: (vertexIds: readonly string[]) => void;
}

type Line =
  | { readonly kind: 'operator'; readonly row: OperatorRow; readonly last: boolean }
  | {
      readonly kind: 'subtask';
      readonly row: SubtaskRow;
      readonly note: string;
      readonly key: string;
    };

const OPERATOR_HEIGHT = 23;
const SUBTASK_HEIGHT = 20;
/** More lines scroll by themselves, and only those in view are in the document. */
const WHOLE_MAX = 200;

export function CheckpointGantt({ rows, open, unfold }: CheckpointGanttProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const axis = ganttAxis(Math.max(1, ...rows.map(({ endToEndMs }) => endToEndMs ?? 0)));
  const steps = { '--steps': axis.ticks.length - 1 } as CSSProperties;
  const lines = linesOf(rows, open);
  const scrolls = lines.length > WHOLE_MAX;
  const virtual = useVirtualizer({
    count: lines.length,
    enabled: scrolls,
    getScrollElement: () => scroller.current,
    estimateSize: (at) => (lines[at]?.kind === 'operator' ? OPERATOR_HEIGHT : SUBTASK_HEIGHT),
    overscan: 30,
  });
  const shown = virtual.getVirtualItems();
  const inView = scrolls ? shown.flatMap(({ index }) => lines[index] ?? []) : lines;
  const above = scrolls ? (shown[0]?.start ?? 0) : 0;
  const below = scrolls ? virtual.getTotalSize() - (shown.at(-1)?.end ?? 0) : 0;
  const toggle = (vertexId: string) =>
    unfold(open.includes(vertexId) ? open.filter((one) => one !== vertexId) : [...open, vertexId]);
  return (
    <div className={scrolls ? 'gantt-scroll' : undefined} ref={scroller}>
      <table className="gantt" style={steps} aria-rowcount={lines.length + 1}>
        <caption className="hidden-text">
          Operators and their subtasks, slowest first, with start delay, alignment, sync and async
        </caption>
        <GanttHead axis={axis} />
        <tbody>
          {above > 0 && <Spacer height={above} />}
          {inView.map((line) =>
            line.kind === 'operator' ? (
              <OperatorLine
                key={line.row.vertexId}
                row={line.row}
                end={axis.end}
                last={line.last}
                open={open.includes(line.row.vertexId)}
                toggle={() => toggle(line.row.vertexId)}
              />
            ) : (
              <SubtaskLine key={line.key} row={line.row} end={axis.end} note={line.note} />
            ),
          )}
          {below > 0 && <Spacer height={below} />}
        </tbody>
      </table>
    </div>
  );
}

function linesOf(rows: readonly OperatorRow[], open: readonly string[]): Line[] {
  const slowest = rows.toSorted((a, b) => (b.endToEndMs ?? 0) - (a.endToEndMs ?? 0))[0];
  return rows.flatMap((row): Line[] => [
    { kind: 'operator', row, last: row === slowest && row.acknowledged === row.subtasks },
    ...(open.includes(row.vertexId)
      ? row.rows.map((subtask, place): Line => {
          const note = place === 0 && row.rows.length > 1 ? `slowest of ${row.rows.length}` : '';
          const key = `${row.vertexId} ${subtask.index}`;
          return { kind: 'subtask', row: subtask, note, key };
        })
      : []),
  ]);
}

function Spacer({ height }: { height: number }) {
  return (
    <tr className="spacer">
      <td colSpan={5} style={{ height }} />
    </tr>
  );
}

function GanttHead({ axis }: { axis: ReturnType<typeof ganttAxis> }) {
  return (
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
        <PhaseBar subtask={row.rows[0] ?? null} end={end} />
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
        <PhaseBar subtask={row} end={end} />
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

/** The phases, and as a thin line what passed until the acknowledgement had arrived. */
function PhaseBar({ subtask, end }: { subtask: SubtaskRow | null; end: number }) {
  const phases = subtask?.phases ?? null;
  if (subtask === null || phases === null) return null;
  const rest = restMs(subtask);
  const parts = PHASES.map(
    ({ name, label }) => `${label} ${figureText(durationFigure(phases[name]))}`,
  );
  if (rest > 0) parts.push(`until acknowledged ${figureText(durationFigure(rest))}`);
  const text = parts.join(', ');
  return (
    <div className="phase-bar" role="img" aria-label={text} title={text}>
      {PHASES.map(({ name }) => (
        <i
          key={name}
          className={`phase-${name}`}
          style={{ width: `${Math.min(100, (phases[name] / end) * 100)}%` }}
        />
      ))}
      {rest > 0 && <i className="phase-rest" style={{ width: `${(rest / end) * 100}%` }} />}
    </div>
  );
}
