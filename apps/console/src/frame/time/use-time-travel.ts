/** What can be done with the moment of the job whose page is open: pause, step, jump, come back. */
import { useParams } from '@tanstack/react-router';
import { useMemo } from 'react';
import type { LiveData } from '../../live/live-data.ts';
import { useLiveData } from '../../live/use-live.ts';
import { LIVE, type Moment } from '../../model/time/moment.ts';
import {
  type MarkKind,
  neighbourMark,
  type TimeMark,
  timeMarks,
} from '../../model/time/time-marks.ts';
import { vertexTitle } from '../../model/graph/vertex-title.ts';
import { useGoTo, useMoment } from '../use-moment.ts';

export interface TimeTravel {
  readonly moment: Moment;
  goTo(moment: Moment, replace?: boolean): void;
  pause(): void;
  goLive(): void;
  /** By one tick as it is kept; a range moves by its own length. */
  step(direction: 1 | -1): void;
  /** On in time by so many ms; ends at the present. */
  advance(ms: number): void;
  /** Null where there is none that way. */
  mark(kind: MarkKind, direction: 1 | -1): TimeMark | null;
}

/** Null where no job is open. */
export function useTimeTravel(): TimeTravel | null {
  const { jobId } = useParams({ strict: false });
  const live = useLiveData();
  const moment = useMoment();
  const goTo = useGoTo();
  return useMemo(() => {
    if (jobId === undefined) return null;
    const go = (next: Moment, replace = false) => void goTo(next, replace);
    return timeTravel(live, jobId, moment, go);
  }, [live, jobId, moment, goTo]);
}

function timeTravel(
  live: LiveData,
  jobId: string,
  moment: Moment,
  goTo: TimeTravel['goTo'],
): TimeTravel {
  const present = live.job(jobId);
  const source = () => (moment.kind === 'live' ? null : live.past(jobId).store.past?.source);
  const newest = () => present.latest?.t ?? Date.now();
  const at = () => {
    if (moment.kind === 'live') return newest();
    return moment.kind === 'instant' ? moment.at : moment.to;
  };
  const goLive = () => goTo(LIVE);
  const show = (t: number, replace: boolean) => {
    if (t >= newest() && moment.kind !== 'live') goLive();
    else goTo({ kind: 'instant', at: t }, replace);
  };
  return {
    moment,
    goTo,
    goLive,
    pause: () => goTo({ kind: 'instant', at: newest() }),
    step: (direction) => {
      if (moment.kind === 'range') {
        const by = direction * (moment.to - moment.from);
        goTo({ kind: 'range', from: moment.from + by, to: moment.to + by }, true);
        return;
      }
      const past = source();
      const next =
        past?.ticks.neighbour(at(), direction) ?? present.ticks.neighbour(at(), direction);
      const step = live.past(jobId).store.past?.step ?? 1000;
      if (next === null && moment.kind === 'live' && direction > 0) return;
      show(next ?? at() + direction * step, moment.kind !== 'live');
    },
    advance: (ms) => show(at() + ms, true),
    mark: (kind, direction) => {
      const stores = [present, source() ?? present];
      const events = new Map(
        stores.flatMap((store) => store.events).map((event) => [`${event.t}${event.text}`, event]),
      );
      const spans = (source() ?? present).verdicts.spans;
      const marks = timeMarks([...events.values()], spans, (vertexId) => {
        const vertex = present.topology?.vertices.find(({ id }) => id === vertexId);
        return vertex === undefined ? vertexId : vertexTitle(vertex);
      });
      return neighbourMark(marks, kind, at(), direction);
    },
  };
}
