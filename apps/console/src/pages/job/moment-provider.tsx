/**
 * Gives a job's page its store: the live one, or in the past one that is cut at the moment, so that
 * views show the past without knowing of it.
 */
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useEffect, useMemo, useReducer } from 'react';
import { Notice } from '../../components/notice.tsx';
import { useShownMoment } from '../../frame/use-moment.ts';
import type { JobStore } from '../../live/job-store.ts';
import { JobStoreContext, useLiveData } from '../../live/use-live.ts';
import { jobHistoryQuery } from '../../rest/job-history.ts';

export function MomentProvider({ live, children }: { live: JobStore; children: ReactNode }) {
  const moment = useShownMoment();
  const past = useLiveData().past(live.jobId);
  const missing = past.missing(moment);
  const { data, error, refetch } = useQuery(jobHistoryQuery(live.jobId, missing));
  const loads = useReloads(live);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a load replaces what was cut from
  const store = useMemo(() => {
    if (missing !== null && data !== undefined) past.add(missing, data);
    if (moment.kind === 'live') return live;
    past.show(moment);
    return past.store;
  }, [moment, past, live, missing?.from, missing?.to, data, loads]);
  // Until the first block is there, the present is better than nothing.
  const ready = store === live || store.topology !== null;
  const behind = moment.kind !== 'live' && !past.shows(moment);
  return (
    <JobStoreContext value={ready ? store : live}>
      {behind && error !== null && (
        <Notice title="The history of this time could not be read." retry={() => void refetch()}>
          {error.message} What is shown is of another time; the job itself is not touched by this.
        </Notice>
      )}
      <div className="moment" data-stale={behind || undefined} aria-busy={behind}>
        {children}
      </div>
    </JobStoreContext>
  );
}

/** Counts how often the live store lost its past and got another. */
function useReloads(live: JobStore): number {
  const [loads, count] = useReducer((times: number) => times + 1, 0);
  useEffect(() => {
    let { ticks } = live;
    return live.subscribe(() => {
      if (live.ticks === ticks) return;
      ticks = live.ticks;
      count();
    });
  }, [live]);
  return loads;
}
