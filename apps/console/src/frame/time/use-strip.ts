/** What the time strips of a job's page span: the last half hour, or the time around the moment. */
import { RING_LIMIT } from '../../live/series-ring.ts';
import type { JobStore } from '../../live/job-store.ts';
import { useLiveData, useSelected } from '../../live/use-live.ts';
import type { Moment } from '../../model/moment.ts';
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

const STRIP_MS = RING_LIMIT * 1000;

export function useStrip(jobId: string): Strip {
  const live = useLiveData();
  const moment = useShownMoment();
  const present = live.job(jobId);
  const now = useSelected(present, spanOf);
  const source = useSelected(live.past(jobId).store, ({ past }) => past?.source ?? null);
  const around = useSelected(source ?? present, spanOf);
  const first = Math.max(now.first, now.last - STRIP_MS);
  if (moment.kind === 'live') return { moment, source: present, first, last: now.last, live: true };
  const { from, to } = moment.kind === 'range' ? moment : { from: moment.at, to: moment.at };
  if (source === null || source === present || from >= first) {
    const last = Math.max(now.last, to);
    return { moment, source: present, first: Math.min(first, from), last, live: true };
  }
  const last = Math.max(around.last, to);
  return { moment, source, first: Math.min(around.first, from), last, live: false };
}

function spanOf({ job, latest }: JobStore) {
  return { first: job.firstTime() ?? 0, last: latest?.t ?? 0 };
}
