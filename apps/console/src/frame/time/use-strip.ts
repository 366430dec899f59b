/** What the time strips of a job's page span: the last half hour, or the time around the moment. */
import { RING_LIMIT } from '../../live/series-ring.ts';
import type { JobStore } from '../../live/job-store.ts';
import { byChart, useLiveData, useSelected } from '../../live/use-live.ts';
import type { Moment } from '../../model/time/moment.ts';
import { useShownMoment } from '../use-moment.ts';

export interface Strip {
  readonly moment: Moment;
  /** Knows the whole of it, also what is later than the moment. */
  readonly source: JobStore;
  readonly first: number;
  readonly last: number;
  /** The right end is the present. */
  readonly live: boolean;
}

/** A job's first tick comes as late as this. */
const BEGIN_MS = 15_000;
const STRIP_MS = RING_LIMIT * 1000;

export function useStrip(jobId: string): Strip {
  const live = useLiveData();
  const moment = useShownMoment();
  const present = live.job(jobId);
  const now = useSelected(present, spanOf, null, byChart);
  const source = useSelected(live.past(jobId).store, ({ past }) => past?.source ?? null);
  const around = useSelected(source ?? present, spanOf, null, byChart);
  const first = Math.max(now.first, now.last - STRIP_MS);
  if (moment.kind === 'live') return { moment, source: present, first, last: now.last, live: true };
  const { from, to } = moment.kind === 'range' ? moment : { from: moment.at, to: moment.at };
  const inside = from >= first || (now.whole && to >= first - STRIP_MS / 2);
  if (source === null || source === present || inside) {
    const last = Math.max(now.last, to);
    return { moment, source: present, first: Math.min(first, from), last, live: true };
  }
  const last = Math.max(around.last, to);
  return { moment, source, first: Math.min(around.first, from), last, live: false };
}

/** `whole`: it knows the job from its beginning. */
function spanOf({ job, latest, topology }: JobStore) {
  const first = job.firstTime() ?? 0;
  const begun = topology?.startedAt ?? Number.NEGATIVE_INFINITY;
  return { first, last: latest?.t ?? 0, whole: first - begun < BEGIN_MS };
}
