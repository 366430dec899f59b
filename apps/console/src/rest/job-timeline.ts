/** What happened to a job, and the lines of its program. */
import { jobLogs, jobTimeline, sourceLines } from '@weir/console-protocol';
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { TimeRange } from '../model/timeline/timeline-axis.ts';
import { request } from './weir-client.ts';

const LIVE_MS = 5000;

/** `range` is asked for anew at each reading: the present moves. */
export function timelineQuery(jobId: string, name: string, live: boolean, range: () => TimeRange) {
  return queryOptions({
    queryKey: ['job', jobId, 'timeline', name],
    queryFn: ({ signal }) => {
      const { from, to } = range();
      const path = `/weir/v1/jobs/${jobId}/timeline?from=${Math.max(0, from)}&to=${to}`;
      return request(path, jobTimeline, { signal });
    },
    placeholderData: keepPreviousData,
    refetchInterval: live ? LIVE_MS : false,
  });
}

/** Lines around one of the job's program; fails for what is none of its files. */
export function sourceQuery(jobId: string, file: string, line: number) {
  return queryOptions({
    queryKey: ['job', jobId, 'source', file, line],
    queryFn: ({ signal }) =>
      request(
        `/weir/v1/jobs/${jobId}/source?file=${encodeURIComponent(file)}&line=${line}`,
        sourceLines,
        { signal },
      ),
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
}

/** The log of a stretch of time, at most `limit` lines. */
export function logsAroundQuery(jobId: string, from: number, to: number, limit: number) {
  return queryOptions({
    queryKey: ['job', jobId, 'logs-around', from, to],
    queryFn: ({ signal }) =>
      request(`/weir/v1/jobs/${jobId}/logs?from=${from}&to=${to}&limit=${limit}`, jobLogs, {
        signal,
      }),
  });
}
