/**
 * Dragging on a time strip: the moment follows the pointer, and stands in the address once it is
 * let go. With Shift, or from an edge of the range that is shown, a range is dragged.
 */
import { type PointerEvent, useRef } from 'react';
import { LIVE, type Moment } from '../../model/time/moment.ts';
import { setPreview } from '../moment-preview.ts';
import { useGoTo } from '../use-moment.ts';

/** Pixels beside an edge of a range that belong to it. */
const EDGE = 8;

export interface ScrubAxis {
  x(t: number): number;
  t(x: number): number;
  readonly to: number;
}

/** @param live the axis ends at the present, to which a drag to its end leads. */
export function useScrub(axis: ScrubAxis, moment: Moment, live: boolean) {
  const goTo = useGoTo();
  /** Where the drag began, or the edge of the range that stays; null for an instant. */
  const fixed = useRef<number | null>(null);
  const last = useRef<Moment | null>(null);

  const timeAt = (event: PointerEvent) => {
    const { left } = event.currentTarget.getBoundingClientRect();
    return axis.t(event.clientX - left);
  };
  const follow = (event: PointerEvent) => {
    const t = timeAt(event);
    last.current = momentAt(fixed.current, t, live && t >= axis.to);
    setPreview(last.current);
  };
  return {
    onPointerDown: (event: PointerEvent) => {
      if (event.button !== 0) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      const t = timeAt(event);
      fixed.current = event.shiftKey ? t : (otherEdge(axis, moment, t) ?? null);
      follow(event);
    },
    onPointerMove: (event: PointerEvent) => {
      if (event.currentTarget.hasPointerCapture(event.pointerId)) follow(event);
    },
    onPointerUp: () => {
      const chosen = last.current;
      last.current = null;
      if (chosen !== null) void goTo(chosen).then(() => setPreview(null));
    },
    onPointerCancel: () => {
      last.current = null;
      setPreview(null);
    },
  };
}

function momentAt(fixed: number | null, t: number, atEnd: boolean): Moment {
  if (fixed !== null && fixed !== t) {
    return { kind: 'range', from: Math.min(fixed, t), to: Math.max(fixed, t) };
  }
  return atEnd ? LIVE : { kind: 'instant', at: t };
}

/** The edge of the shown range that stays when the one at `t` is dragged. */
function otherEdge(axis: ScrubAxis, moment: Moment, t: number): number | undefined {
  if (moment.kind !== 'range') return undefined;
  const near = (edge: number) => Math.abs(axis.x(edge) - axis.x(t)) <= EDGE;
  if (near(moment.from)) return moment.to;
  return near(moment.to) ? moment.from : undefined;
}
