/** What happened, newest first. Arrows move the selection, Enter takes the page to the moment. */
import { type KeyboardEvent, useEffect, useRef } from 'react';
import { useShownTime } from '../../../frame/use-moment.ts';
import { clockTime, utcTime } from '../../../model/time/clock-time.ts';
import { ageFigure, durationFigure, exact, figureText } from '../../../model/figures/figures.ts';
import { placeText } from '../../../model/task-managers/stack-frames.ts';
import type { TimelineRow } from '../../../model/timeline/timeline-rows.ts';
import { KindWord } from './kind-icon.tsx';

/** As many as somebody looks through; the others are found by kind, text or span. */
const ROWS_MAX = 400;

export interface TimelineListProps {
  readonly rows: readonly TimelineRow[];
  /** How many there are without the filters. */
  readonly of: number;
  readonly selected: TimelineRow | null;
  readonly titleOf: (vertexId: string | null) => string;
  readonly select: (row: TimelineRow) => void;
  readonly visit: (row: TimelineRow) => void;
}

export function TimelineList(props: TimelineListProps) {
  const { rows, of, selected, titleOf, select, visit } = props;
  const body = useRef<HTMLTableSectionElement>(null);
  const shown = rows.slice(0, ROWS_MAX);
  const at = shown.findIndex(({ key }) => key === selected?.key);
  useEffect(() => {
    if (at >= 0) body.current?.rows[at]?.scrollIntoView({ block: 'nearest' });
  }, [at]);
  if (rows.length === 0) {
    return (
      <p className="prose second tl-nothing">
        {of === 0
          ? 'Nothing out of the ordinary happened in this time. Checkpoints as usual are in the lanes only.'
          : 'Nothing of this kind. Choose another one, or another text.'}
      </p>
    );
  }
  const step = (event: KeyboardEvent<HTMLTableSectionElement>) => {
    const by = STEPS[event.key];
    if (event.key === 'Enter' && selected !== null) visit(selected);
    if (by === undefined) return;
    event.preventDefault();
    const next = shown[Math.min(shown.length - 1, Math.max(0, at + by))];
    if (next === undefined) return;
    select(next);
    body.current?.rows[shown.indexOf(next)]?.focus();
  };
  return (
    <div className="scroll tl-scroll">
      {/* biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: rows are walked by arrows */}
      <table className="tl-list" role="grid" aria-label="What happened">
        <thead>
          <tr>
            <th scope="col">Time</th>
            <th scope="col">Kind</th>
            <th scope="col">What</th>
            <th scope="col">Operator</th>
            <th scope="col" className="num">
              Subtask
            </th>
            <th scope="col">Source</th>
            <th scope="col" className="num">
              Took, times
            </th>
          </tr>
        </thead>
        <tbody ref={body} onKeyDown={step}>
          {shown.map((row, index) => (
            <tr
              key={row.key}
              aria-selected={row.key === selected?.key}
              tabIndex={index === Math.max(0, at) ? 0 : -1}
              onClick={() => select(row)}
              onDoubleClick={() => visit(row)}
            >
              <td title={utcTime(row.t)}>{clockTime(row.t)}</td>
              <td>
                <KindWord kind={row.kind} fail={row.tone === 'fail'} />
              </td>
              <td className="tl-what">
                <What row={row} />
              </td>
              <td className="tl-operator">{row.operator ?? titleOf(row.vertexId)}</td>
              <td className="num">{row.subtask ?? ''}</td>
              <td className="mono">{row.place === null ? '' : placeText(row.place)}</td>
              <td className="num" title={row.tookMs === null ? '' : exact(row.tookMs, 'ms')}>
                <Took row={row} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > ROWS_MAX && (
        <p className="prose second">
          The newest {ROWS_MAX} of {rows.length} are listed.
        </p>
      )}
    </div>
  );
}

const STEPS: Readonly<Record<string, number>> = {
  ArrowDown: 1,
  ArrowUp: -1,
  PageDown: 10,
  PageUp: -10,
  Home: -ROWS_MAX,
  End: ROWS_MAX,
};

function What({ row }: { row: TimelineRow }) {
  const { what, why, tone, kind } = row;
  const look =
    tone === 'cause' ? 'tl-cause' : tone === 'fail' && kind !== 'exception' ? 'tone-fail' : '';
  return (
    <span title={`${what} ${why}`}>
      <b className={look}>{what}</b> <span className="second">{why}</span>
    </span>
  );
}

/** It goes on. */
function Lasting({ since }: { since: number }) {
  const now = useShownTime();
  return since > now ? null : figureText(ageFigure(now - since));
}

function Took({ row }: { row: TimelineRow }) {
  if (row.kind === 'exception') return <>×{row.times}</>;
  if (row.tone === 'cause') return <Lasting since={row.first} />;
  if (row.tookMs === null) return null;
  return (
    <span className={row.tone === 'warn' && row.kind === 'checkpoint' ? 'tone-warn' : ''}>
      {figureText(durationFigure(row.tookMs))}
    </span>
  );
}
