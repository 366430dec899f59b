/** What a running job's sources read from, asked for while a view shows it. */
import { jobSplits } from '@weir/console-protocol';
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { request } from './weir-client.ts';

const READ_MS = 2000;
/** More rows are found by name. */
const ROWS_MAX = 2000;

export function splitsQuery(jobId: string, q: string, enabled: boolean) {
  const path = `/weir/v1/jobs/${jobId}/splits?limit=${ROWS_MAX}&q=${encodeURIComponent(q)}`;
  return queryOptions({
    queryKey: ['splits', jobId, q],
    queryFn: ({ signal }) => request(path, jobSplits, { signal }),
    refetchInterval: READ_MS,
    staleTime: 0,
    // What was found before stays while the next is looked for.
    placeholderData: keepPreviousData,
    enabled,
  });
}
