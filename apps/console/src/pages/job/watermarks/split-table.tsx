/** One row a split, the farthest behind first; only the rows in view are in the document. */
import type { JobSplits } from '@weir/console-protocol';
import { useVirtualizer } from '@tanstack/react-virtual';
import { ArrowLeftToLine } from 'lucide-react';
import { memo, useRef } from 'react';
import { FigureText } from '../../../components/figure-text.tsx';
import { Sparkline } from '../../../components/sparkline.tsx';
import { useJob } from '../../../live/use-live.ts';
import { utcTime } from '../../../model/time/clock-time.ts';
import { countFigure, durationFigure, exact, figureText } from '../../../model/figures/figures.ts';
import {
  type Drain,
  type SplitOrder,
  type SplitTrend,
  total,
  drainOf,
} from '../../../model/watermarks/split-trends.ts';
import { vertexTitle } from '../../../model/graph/vertex-title.ts';

const ROW_HEIGHT = 28;

export interface SplitTableProps {
  readonly answer: JobSplits;
  readonly trends: readonly SplitTrend[];
  readonly order: SplitOrder;
}

export function SplitTable({ answer, trends, order }: SplitTableProps) {
  const scroller = useRef<HTMLElement>(null);
  const several = answer.sources.length > 1;
  const rows = useVirtualizer({
    count: trends.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 16,
  });
  const holders = new Set(
    answer.sources.map(({ vertexId, holder }) => `${vertexId} ${holder?.splitId}`),
  );
  const size = ({ row }: SplitTrend) => (order === 'records' ? row.pendingRecords : row.pendingMs);
  const most = Math.max(1, ...trends.map((trend) => size(trend) ?? 0));
  const shown = rows.getVirtualItems();
  const above = shown[0]?.start ?? 0;
  const below = rows.getTotalSize() - (shown.at(-1)?.end ?? 0);
  return (
    <section
      className="split-scroll"
      ref={scroller}
      aria-label="Splits, scrollable"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: reached to be scrolled
      tabIndex={0}
    >
      <table className="split-table" aria-rowcount={trends.length + 2}>
        <caption className="hidden-text">Splits of the sources, the farthest behind first</caption>
        <Heads several={several} order={order} />
        <tbody>
          {above > 0 && <Spacer height={above} />}
          {shown.map(({ index }) => {
            const trend = trends[index];
            if (trend === undefined) return null;
            const share = (size(trend) ?? 0) / most;
            return (
              <SplitLine
                key={trend.key}
                {...{ trend, several, share, order }}
                holds={holders.has(trend.key) && trends.length > 1}
              />
            );
          })}
          {below > 0 && <Spacer height={below} />}
        </tbody>
        <Sum trends={trends} several={several} order={order} />
      </table>
    </section>
  );
}

function Heads({ several, order }: { several: boolean; order: SplitOrder }) {
  const first = order === 'records' ? ['Records', 'Behind'] : ['Behind', 'Records'];
  return (
    <thead>
      <tr>
        <th scope="col">Split</th>
        {several && <th scope="col">Source</th>}
        <th scope="col" className="num">
          Subtask
        </th>
        <th scope="col" className="num">
          {first[0]}
        </th>
        <th scope="col">
          <span className="hidden-text">As a bar</span>
        </th>
        <th scope="col" className="num">
          {first[1]}
        </th>
        <th scope="col">1 min</th>
        {['Supply/s', 'Read/s', 'Change', 'Drained'].map((head) => (
          <th key={head} scope="col" className="num">
            {head}
          </th>
        ))}
      </tr>
    </thead>
  );
}

function Spacer({ height }: { height: number }) {
  return (
    <tr className="spacer">
      <td colSpan={11} style={{ height }} />
    </tr>
  );
}

interface SplitLineProps {
  readonly trend: SplitTrend;
  readonly several: boolean;
  readonly share: number;
  readonly order: SplitOrder;
  readonly holds: boolean;
}

const SplitLine = memo(function SplitLine(props: SplitLineProps) {
  const { trend, several, share, order, holds } = props;
  const { row, readPerSecond, supplyPerSecond, changePerSecond, points } = trend;
  const source = useJob(
    ({ topology }) => topology?.vertices.find(({ id }) => id === trend.vertexId) ?? null,
    trend.vertexId,
  );
  const behind = (
    <FigureText figure={durationFigure(row.pendingMs)} title={exact(row.pendingMs, 'ms')} />
  );
  const records = (
    <FigureText
      figure={countFigure(row.pendingRecords)}
      title={exact(row.pendingRecords, 'records')}
    />
  );
  const quiet = row.finished || row.idleMs !== null;
  const place = [
    row.position,
    row.watermark === null ? null : `watermark ${utcTime(row.watermark)}`,
  ].filter((text) => text !== null);
  return (
    <tr className={`${quiet ? 'quiet-row' : ''} ${holds ? 'selected' : ''}`}>
      <th scope="row" title={place.join(' · ')}>
        <span className="split-name">
          <bdi>{row.splitId}</bdi>
          {holds && (
            <span className="chip watermark-chip">
              <ArrowLeftToLine aria-hidden="true" />
              holds back
            </span>
          )}
          {row.idleMs !== null && !row.finished && (
            <span className="chip">idle {figureText(durationFigure(row.idleMs))}</span>
          )}
          {row.finished && <span className="chip">at its end</span>}
          {row.position !== null && <small>{row.position}</small>}
        </span>
      </th>
      {several && <td>{source === null ? '' : vertexTitle(source)}</td>}
      <td className="num">{row.subtask}</td>
      <td
        className={`num ${(order === 'records' ? row.pendingRecords : row.pendingMs) ? 'strong' : 'zero'}`}
      >
        {order === 'records' ? records : behind}
      </td>
      <td className="split-bar">
        <i aria-hidden="true" style={{ width: `${share * 100}%` }} />
      </td>
      <td
        className={(order === 'records' ? row.pendingMs : row.pendingRecords) ? 'num' : 'num zero'}
      >
        {order === 'records' ? behind : records}
      </td>
      <td>
        <Sparkline points={points} width={80} height={18} accent="var(--lag)" accentFrom={0} />
      </td>
      <td className="num">{figureText(countFigure(supplyPerSecond))}</td>
      <td className="num">{figureText(countFigure(readPerSecond))}</td>
      <td className={signed(changePerSecond) === '0' ? 'num zero' : 'num'}>
        {signed(changePerSecond)}
      </td>
      <td className={`num ${trend.drain.kind === 'grows' ? 'tone-warn' : ''}`}>
        {drainText(trend.drain)}
      </td>
    </tr>
  );
});

interface SumProps {
  readonly trends: readonly SplitTrend[];
  readonly several: boolean;
  readonly order: SplitOrder;
}

function Sum({ trends, several, order }: SumProps) {
  const sum = (pick: (trend: SplitTrend) => number | null) => total(trends, pick);
  const records = sum(({ row }) => row.pendingRecords);
  const ages = trends.flatMap(({ row }) => row.pendingMs ?? []);
  const oldest = ages.length === 0 ? null : Math.max(...ages);
  const change = sum((one) => one.changePerSecond);
  const read = sum((one) => one.readPerSecond);
  const drain = drainOf(records, read, change);
  const behind = <FigureText figure={durationFigure(oldest)} title="the oldest record of all" />;
  const count = <FigureText figure={countFigure(records)} title={exact(records, 'records')} />;
  return (
    <tfoot>
      <tr>
        <th scope="row">{trends.length === 1 ? 'All' : `All ${trends.length}`}</th>
        {several && <td />}
        <td />
        <td className="num">{order === 'records' ? count : behind}</td>
        <td />
        <td className="num">{order === 'records' ? behind : count}</td>
        <td />
        <td className="num">{figureText(countFigure(sum((one) => one.supplyPerSecond)))}</td>
        <td className="num">{figureText(countFigure(read))}</td>
        <td className="num">{signed(change)}</td>
        <td className={drain.kind === 'grows' ? 'num tone-warn' : 'num'}>{drainText(drain)}</td>
      </tr>
    </tfoot>
  );
}

function signed(value: number | null): string {
  if (value === null) return '—';
  const text = figureText(countFigure(value));
  return value > 0 && text !== '0' ? `+${text}` : text;
}

const WORDS: Readonly<Record<Exclude<Drain['kind'], 'in'>, string>> = {
  ended: 'all read',
  idle: 'no records due',
  empty: 'nothing waits',
  unknown: 'measuring',
  steady: 'keeps as it is',
  grows: 'growing',
};

function drainText(drain: Drain): string {
  return drain.kind === 'in' ? figureText(durationFigure(drain.ms)) : WORDS[drain.kind];
}
