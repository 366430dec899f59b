/** A job's log lines, read on from the newest known one. */
import { type JobLogs, jobLogs } from '@weir/console-protocol';
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { request } from './weir-client.ts';

/** As many as the server keeps. */
const LINES_MAX = 5000;
const READ_MS = 1000;

export function jobLogsQuery(jobId: string, over: boolean) {
  return queryOptions({
    queryKey: ['job-logs', jobId],
    queryFn: async ({ signal, client, queryKey }): Promise<JobLogs> => {
      const read = (since: number) =>
        request(`/weir/v1/jobs/${jobId}/logs?limit=${LINES_MAX}&since=${since}`, jobLogs, {
          signal,
        });
      const before = client.getQueryData<JobLogs>(queryKey);
      return before === undefined ? read(0) : joined(before, await read(before.last), read);
    },
    refetchInterval: over ? false : READ_MS,
    staleTime: 0,
  });
}

/** The log of a stretch of the past, oldest first. */
export function pastLogsQuery(jobId: string, from: number, to: number) {
  return queryOptions({
    queryKey: ['job-logs', jobId, from, to],
    queryFn: ({ signal }) =>
      request(`/weir/v1/jobs/${jobId}/logs?limit=${LINES_MAX}&from=${from}&to=${to}`, jobLogs, {
        signal,
      }),
    placeholderData: keepPreviousData,
  });
}

/** The same object while nothing is new, so that nothing renders. */
async function joined(
  before: JobLogs,
  more: JobLogs,
  read: (since: number) => Promise<JobLogs>,
): Promise<JobLogs> {
  // The server was started anew and counts from one again.
  if (more.last < before.last) return read(0);
  if (more.entries.length === 0) return before;
  const entries = [...before.entries, ...more.entries];
  return {
    entries: entries.slice(-LINES_MAX),
    truncated: before.truncated || more.truncated || entries.length > LINES_MAX,
    last: more.last,
  };
}
