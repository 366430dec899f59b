/** Where the marks of the timeline's lanes stand, and which texts have room beside them. */
import type { JobTimeline } from '@weir/console-protocol';
import type { TimeAxis } from './timeline-axis.ts';
import type { RowKind, TimelineRow } from './timeline-rows.ts';

export type MarkShape =
  | 'diamond'
  | 'cross'
  | 'bookmark'
  | 'ring'
  | 'person'
  | 'triangle'
  | 'bar'
  | 'slow';

export interface LaneMark {
  readonly key: string;
  readonly x: number;
  readonly shape: MarkShape;
  readonly label: string;
  /** Of bars, 0…1. */
  readonly height: number;
  readonly row: TimelineRow | null;
}

export interface PlacedLabel {
  readonly key: string;
  readonly x: number;
  readonly anchor: 'start' | 'end';
  readonly text: string;
}

const CHARACTER = 6;
const BESIDE = 9;
const LAST_FIFTH = 0.8;

/** One mark a moment: a row with its times has several. */
export function marksOf(
  rows: readonly TimelineRow[],
  kind: RowKind,
  axis: TimeAxis,
  shapeOf: (row: TimelineRow) => MarkShape | null,
): LaneMark[] {
  const marks = rows
    .filter((row) => row.kind === kind)
    .flatMap((row) => {
      const shape = shapeOf(row);
      if (shape === null) return [];
      const moments = row.kind === 'exception' ? row.events.map(({ t }) => t) : [row.t];
      return moments
        .filter((t) => t >= axis.from && t <= axis.to)
        .map((t, at) => ({
          key: `${row.key}-${t}-${at}`,
          x: axis.x(t),
          shape,
          label: at === moments.length - 1 || moments.length === 1 ? labelOf(row) : '',
          height: 1,
          row,
        }));
    });
  return marks.sort((a, b) => a.x - b.x);
}

/** Checkpoints as bars, height = duration; those that failed or were slow are rows too. */
export function checkpointMarks(
  { events }: JobTimeline,
  rows: readonly TimelineRow[],
  axis: TimeAxis,
): LaneMark[] {
  const byKey = new Map(rows.map((row) => [row.key, row]));
  const ended = events.filter(
    ({ kind, outcome, t }) =>
      kind === 'checkpoint' && outcome !== 'running' && t >= axis.from && t <= axis.to,
  );
  const longest = Math.max(
    1,
    ...ended.map(({ outcome, durationMs = 0 }) => (outcome === 'completed' ? durationMs : 0)),
  );
  return ended.map(({ t, subject, outcome, durationMs = 0 }) => {
    const row = byKey.get(`checkpoint-${subject}-${outcome}`) ?? null;
    const failed = outcome === 'failed';
    return {
      key: `${subject}-${outcome}`,
      x: axis.x(t),
      shape: failed ? 'cross' : row === null ? 'bar' : 'slow',
      label: row === null ? '' : row.what,
      height: failed ? 1 : durationMs / longest,
      row,
    };
  });
}

/**
 * Beside its mark, left of it in the last fifth; left out where it would meet another mark, or the
 * begin of a band (x, in order) that has words of its own.
 */
export function placedLabels(
  marks: readonly LaneMark[],
  axis: TimeAxis,
  bands: readonly number[] = [],
): PlacedLabel[] {
  const turn = axis.left + (axis.right - axis.left) * LAST_FIFTH;
  let taken = axis.left;
  return marks.flatMap(({ key, x, label }, at): PlacedLabel[] => {
    if (label === '') return [];
    const width = label.length * CHARACTER + BESIDE;
    const band = bands.find((begin) => begin > x) ?? axis.right;
    const next = Math.min(marks[at + 1]?.x ?? axis.right, band);
    const before = Math.max(taken, marks[at - 1]?.x ?? axis.left);
    if (x < turn && x + width <= next) {
      taken = x + width;
      return [{ key, x: x + BESIDE, anchor: 'start', text: label }];
    }
    if (x - width >= before) return [{ key, x: x - BESIDE, anchor: 'end', text: label }];
    return [];
  });
}

function labelOf({ kind, what, why, times }: TimelineRow): string {
  if (kind === 'exception') {
    const name = what.split(':')[0] ?? what;
    return times > 1 ? `${name} ×${times}` : name;
  }
  if (kind === 'state') return why;
  return kind === 'savepoint' ? what.replace(' completed', '') : what;
}
