/**
 * The moment that the whole page shows. It lives in the address and stays there from tab to tab.
 *
 * Views that read REST ask `useMoment`, which moves when somebody lets go; what moves with the
 * pointer asks `useShownMoment`. What reads the job's store gets the past by itself.
 */
import { useNavigate, useParams, useRouterState } from '@tanstack/react-router';
import { useCallback, useMemo, useSyncExternalStore } from 'react';
import { useNowAs } from '../components/use-now.ts';
import { serverClock } from '../live/server-clock.ts';
import { useJobs } from '../live/use-live.ts';
import { type Moment, momentOf, momentSearch, untilNow } from '../model/time/moment.ts';
import { currentPreview, subscribePreview } from './moment-preview.ts';

/** Clocks differ, and the newest numbers are no future. */
const SAME_MS = 5000;

export function useMoment(): Moment {
  const key = useRouterState({ select: ({ location }) => JSON.stringify(partOf(location.search)) });
  return useMemo(() => untilNow(momentOf(JSON.parse(key)), serverClock.now() + SAME_MS), [key]);
}

export function useShownMoment(): Moment {
  const moment = useMoment();
  return useSyncExternalStore(subscribePreview, currentPreview) ?? moment;
}

/** Takes the whole page to a moment; `replace` leaves no step to go back to. */
export function useGoTo(): (moment: Moment, replace?: boolean) => Promise<void> {
  const navigate = useNavigate();
  return useCallback(
    (moment: Moment, replace = false) => {
      const next = momentSearch(moment);
      return navigate({ to: '.', replace, search: (search) => ({ ...search, ...next }) });
    },
    [navigate],
  );
}

/** The time that ages are measured against: now, the end of an ended job, or the moment. Epoch ms. */
export function useShownTime(): number {
  return useShownTimeAs((time) => time);
}

/** What `select` makes of it, as `useNowAs` has it. */
export function useShownTimeAs<T>(select: (time: number) => T, key: unknown = null): T {
  const moment = useShownMoment();
  const { jobId = '' } = useParams({ strict: false });
  const ended = useJobs((store) => store.job(jobId)?.endedAt ?? null, jobId);
  const fixed = moment.kind === 'live' ? ended : moment.kind === 'range' ? moment.to : moment.at;
  return useNowAs((now) => select(fixed ?? now), `${fixed} ${key}`);
}

function partOf(search: unknown) {
  const { at, from, to } = Object(search) as Readonly<Record<string, unknown>>;
  return { at, from, to };
}
