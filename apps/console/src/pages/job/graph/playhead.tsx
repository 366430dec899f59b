/** The strip's playhead for the keyboard: arrows step, Page keys go by minutes, End is the present. */
import type { KeyboardEvent } from 'react';
import { useTimeTravel } from '../../../frame/time/use-time-travel.ts';
import type { JobStore } from '../../../live/job-store.ts';
import { useJobStore, useWritten } from '../../../live/use-live.ts';
import { clockTime } from '../../../model/time/clock-time.ts';
import { LIVE, type Moment } from '../../../model/time/moment.ts';
import { MINUTE_MS } from '../../../model/time/tick-step.ts';
import type { TimelineScale } from '../../../model/timeline/timeline-scale.ts';

export function Playhead({ moment, scale }: { moment: Moment; scale: TimelineScale }) {
  const travel = useTimeTravel();
  const store = useJobStore();
  // The strip around moves at the pace of charts; what is shown is the newest tick.
  const place = ({ latest }: JobStore) =>
    moment.kind === 'live' ? Math.max(latest?.t ?? 0, scale.to) : endOf(moment);
  const element = useWritten(
    store,
    (handle: HTMLDivElement, job) => {
      const at = place(job);
      handle.style.left = `${scale.x(at)}px`;
      handle.ariaValueMax = `${Math.round(Math.max(scale.to, at))}`;
      handle.ariaValueNow = `${Math.round(at)}`;
    },
    scale,
  );
  if (travel === null) return null;
  const press = (event: KeyboardEvent) => {
    const at = place(store);
    const { key, shiftKey } = event;
    const direction = DIRECTIONS[key];
    if (direction !== undefined && shiftKey) {
      const fixed = moment.kind === 'range' ? moment.from : at;
      const to = Math.min(scale.to, Math.max(fixed + 1000, at + direction * 10_000));
      travel.goTo({ kind: 'range', from: fixed === at ? at - 10_000 : fixed, to }, true);
    } else if (direction !== undefined) travel.step(direction);
    else if (key === 'PageUp') travel.advance(-MINUTE_MS);
    else if (key === 'PageDown') travel.advance(MINUTE_MS);
    else if (key === 'Home') travel.goTo({ kind: 'instant', at: Math.ceil(scale.from) });
    else if (key === 'End') travel.goTo(LIVE);
    else return;
    event.preventDefault();
  };
  return (
    <div
      ref={element}
      role="slider"
      tabIndex={0}
      className="playhead-handle"
      aria-label="Moment shown"
      aria-valuemin={Math.round(scale.from)}
      aria-valuenow={Math.round(scale.to)}
      aria-valuetext={valueText(moment)}
      onKeyDown={press}
    />
  );
}

function endOf(moment: Exclude<Moment, { kind: 'live' }>): number {
  return moment.kind === 'instant' ? moment.at : moment.to;
}

const DIRECTIONS: Readonly<Record<string, 1 | -1>> = { ArrowLeft: -1, ArrowRight: 1 };

function valueText(moment: Moment): string {
  if (moment.kind === 'live') return 'live';
  if (moment.kind === 'instant') return clockTime(moment.at);
  return `${clockTime(moment.from)} to ${clockTime(moment.to)}`;
}
