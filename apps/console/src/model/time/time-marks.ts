/** Moments worth going to, by what happened at them: what the time control jumps between. */
import type { JobEvent } from '@weir/console-protocol';
import type { VerdictSpan } from '../verdict/verdict-tracker.ts';

export const MARK_KINDS = ['verdict', 'checkpoint', 'restart', 'exception'] as const;
export type MarkKind = (typeof MARK_KINDS)[number];

export interface TimeMark {
  readonly t: number;
  readonly kind: MarkKind;
  readonly text: string;
}

const KIND_OF: Readonly<Record<JobEvent['kind'], MarkKind | null>> = {
  // Taken from the spans, which also know what began before the page was opened.
  verdict: null,
  checkpoint: 'checkpoint',
  savepoint: 'checkpoint',
  restart: 'restart',
  state: 'restart',
  exception: 'exception',
  action: null,
};

/** Oldest first. `nameOf` a vertex id. */
export function timeMarks(
  events: readonly JobEvent[],
  spans: readonly VerdictSpan[],
  nameOf: (vertexId: string) => string,
): TimeMark[] {
  const marks: TimeMark[] = [];
  for (const { t, kind, text } of events) {
    const mark = KIND_OF[kind];
    // A checkpoint's moment is its end.
    if (mark === null || text.endsWith(' in progress')) continue;
    marks.push({ t, kind: mark, text });
  }
  for (const { vertexId, from, to } of spans) {
    const name = nameOf(vertexId);
    marks.push({ t: from, kind: 'verdict', text: `${name} becomes the bottleneck` });
    if (to !== null) {
      marks.push({ t: to, kind: 'verdict', text: `${name} is no longer the bottleneck` });
    }
  }
  return marks.sort((a, b) => a.t - b.t);
}

/** The next mark of a kind after `t`, or the last one before it; null when there is none. */
export function neighbourMark(
  marks: readonly TimeMark[],
  kind: MarkKind,
  t: number,
  direction: 1 | -1,
): TimeMark | null {
  const of = marks.filter((mark) => mark.kind === kind);
  if (direction > 0) return of.find((mark) => mark.t > t) ?? null;
  return of.findLast((mark) => mark.t < t) ?? null;
}
