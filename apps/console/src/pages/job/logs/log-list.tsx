/**
 * The lines themselves; only those in view are in the document. Follows the newest until somebody
 * scrolls up, and again from the end on.
 */
import { useVirtualizer } from '@tanstack/react-virtual';
import { memo, useEffect, useRef } from 'react';
import { Link } from '@tanstack/react-router';
import { useJobStore } from '../../../live/use-live.ts';
import { momentSearch } from '../../../model/time/moment.ts';
import { clockTime, utcTime } from '../../../model/time/clock-time.ts';
import { type LogLine, matchParts } from '../../../model/jobs/log-lines.ts';

const LINE_HEIGHT = 20;
/** Nearer to the end than this counts as being there. */
const AT_END_PX = 24;

export interface LogListProps {
  readonly lines: readonly LogLine[];
  /** Titles of vertices by id. */
  readonly titles: ReadonlyMap<string, string>;
  readonly q: string;
  /** Position of the match that is looked at. */
  readonly marked: number | null;
  readonly follow: boolean;
  readonly setFollow: (follow: boolean) => void;
}

export function LogList({ lines, titles, q, marked, follow, setFollow }: LogListProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const lastTop = useRef(0);
  const list = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => LINE_HEIGHT,
    getItemKey: (at) => lines[at]?.seq ?? at,
    overscan: 20,
  });
  const newest = lines.at(-1)?.seq;
  // What a program prints with console.log comes without a place.
  const places = lines.some(({ vertexId }) => vertexId !== null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: follows when a newer line comes
  useEffect(() => {
    if (follow) list.scrollToIndex(lines.length - 1, { align: 'end' });
  }, [follow, newest, list]);
  useEffect(() => {
    if (marked !== null) list.scrollToIndex(marked, { align: 'center' });
  }, [marked, list]);
  const scrolled = () => {
    const element = scroller.current;
    if (element === null) return;
    const { scrollTop, scrollHeight, clientHeight } = element;
    const up = scrollTop < lastTop.current - 1;
    lastTop.current = scrollTop;
    const atEnd = scrollHeight - scrollTop - clientHeight < AT_END_PX;
    if (up && !atEnd && follow) setFollow(false);
  };
  return (
    <div
      className={places ? 'scroll logs' : 'scroll logs without-places'}
      ref={scroller}
      onScroll={scrolled}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: reached to be scrolled
      tabIndex={0}
      role="log"
      aria-label="Log"
    >
      <div style={{ height: list.getTotalSize(), position: 'relative' }}>
        {list.getVirtualItems().map(({ index, key, start }) => {
          const line = lines[index];
          if (line === undefined) return null;
          return (
            <div
              key={key}
              data-index={index}
              ref={list.measureElement}
              className="log-place"
              style={{ transform: `translateY(${start}px)` }}
            >
              <LogRow
                line={line}
                title={titles.get(line.vertexId ?? '') ?? ''}
                q={q}
                marked={index === marked}
              />
            </div>
          );
        })}
      </div>
    </div>
  );
}

interface LogRowProps {
  readonly line: LogLine;
  readonly title: string;
  readonly q: string;
  readonly marked: boolean;
}

const LogRow = memo(function LogRow({ line, title, q, marked }: LogRowProps) {
  const { seq, t, level, text, subtask } = line;
  const { jobId } = useJobStore();
  const ms = `${Math.floor(t) % 1000}`.padStart(3, '0');
  return (
    <div className={marked ? `log-line ${level} marked` : `log-line ${level}`}>
      <Link
        from="/c/embedded/jobs/$jobId/logs"
        to="/c/embedded/jobs/$jobId/logs"
        params={{ jobId }}
        search={(now) => ({ ...now, ...momentSearch({ kind: 'instant', at: t }), line: seq })}
        title={`${utcTime(t)}; links to this line`}
      >
        <time dateTime={new Date(t).toISOString()}>
          {clockTime(t)}.{ms}
        </time>
      </Link>
      <b>{level.toUpperCase()}</b>
      <span className="log-where">{subtask === null ? title : `${title}#${subtask}`}</span>
      <span className="log-text">
        {matchParts(text, q).map(({ text: part, match, at }) =>
          match ? <mark key={at}>{part}</mark> : <span key={at}>{part}</span>,
        )}
      </span>
    </div>
  );
});
