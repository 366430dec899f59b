/** Savepoints that the server knows, and their disposal. */
import { savepointList } from '@weir/console-protocol';
import { errorMessage } from '@weir/flink-rest';
import { queryOptions } from '@tanstack/react-query';
import { flink } from './flink-client.ts';
import { request } from './weir-client.ts';

const SLOWLY_MS = 10_000;
const POLL_MS = 400;

/** Of one job, or of all where that is ''; `fitsFor` is the job whose graph they are held against. */
export function savepointsQuery(jobId: string, fitsFor: string) {
  const path = `/weir/v1/savepoints?job=${jobId}&for=${fitsFor}`;
  return queryOptions({
    queryKey: ['savepoints', jobId, fitsFor],
    queryFn: ({ signal }) => request(path, savepointList, { signal }),
    refetchInterval: SLOWLY_MS,
  });
}

/** Deletes it for good. Resolves with what went wrong, null if nothing did. */
export async function disposeSavepoint(path: string): Promise<string | null> {
  const answer = await flink.call('savepointDisposal', { body: { 'savepoint-path': path } });
  const triggerid = answer['request-id'];
  for (;;) {
    const { status, operation } = await flink.call('savepointDisposalStatus', {
      params: { triggerid },
    });
    if (status.id === 'COMPLETED') {
      const cause = operation?.['failure-cause'] ?? null;
      return cause === null ? null : errorMessage([cause['stack-trace']]) || cause.class;
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
