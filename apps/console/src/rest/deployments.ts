/** The versions of a job, and what differs between two of their programs. */
import { deploymentList, programDiff } from '@weir/console-protocol';
import { queryOptions } from '@tanstack/react-query';
import { request } from './weir-client.ts';

export function deploymentsQuery(jobId: string) {
  return queryOptions({
    queryKey: ['job', jobId, 'deployments'],
    queryFn: ({ signal }) =>
      request(`/weir/v1/jobs/${jobId}/deployments`, deploymentList, { signal }),
    refetchInterval: 10_000,
  });
}

/** Programs do not change; null ids = nothing is wanted. */
export function programDiffQuery(before: string | null, after: string | null) {
  return queryOptions({
    queryKey: ['program-diff', before, after],
    queryFn: ({ signal }) =>
      request(`/weir/v1/jobs/${after}/deployments/${before}`, programDiff, { signal }),
    enabled: before !== null && after !== null,
    staleTime: Number.POSITIVE_INFINITY,
  });
}
