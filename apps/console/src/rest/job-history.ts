/** Ticks of a job's past, by ranges that many moments share, so that one request serves them all. */
import { jobHistory } from '@weir/console-protocol';
import { queryOptions } from '@tanstack/react-query';
import { serverClock } from '../live/server-clock.ts';
import type { TimeRange } from '../live/past-job.ts';
import { request } from './weir-client.ts';

/** A range that reaches into the present is read again as it fills. */
const FILLING_MS = 5000;

/** @param range null = nothing is wanted. */
export function jobHistoryQuery(jobId: string, range: TimeRange | null) {
  const { from, to } = range ?? { from: 0, to: 0 };
  return queryOptions({
    queryKey: ['job-history', jobId, from, to],
    queryFn: ({ signal }) =>
      request(`/weir/v1/jobs/${jobId}/history?from=${from}&to=${to}`, jobHistory, { signal }),
    enabled: range !== null,
    staleTime: Number.POSITIVE_INFINITY,
    refetchInterval: () => (to > serverClock.now() - FILLING_MS ? FILLING_MS : false),
  });
}
