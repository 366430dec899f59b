/**
 * Checkpoints that have ended, with every subtask's phases, of any time. They never change, so only
 * newer ones are read again.
 */
import { type PastCheckpoints, pastCheckpoints } from '@weir/flink-rest';
import { queryOptions } from '@tanstack/react-query';
import {
  type CheckpointRecord,
  endOf,
  RECORDS_MAX,
} from '../model/checkpoints/checkpoint-record.ts';
import { request } from './weir-client.ts';

const SLOWLY_MS = 15_000;

/** The newest ones of a job; read on when its events say that there are more. */
export function newestCheckpointsQuery(jobId: string) {
  return queryOptions({
    // Below the key that a job's checkpoint events put out of date.
    queryKey: ['job', jobId, 'checkpoints', 'newest'],
    queryFn: async ({ signal, client, queryKey }): Promise<PastCheckpoints> => {
      const before = client.getQueryData<PastCheckpoints>(queryKey);
      const newest = before?.checkpoints[0];
      if (before === undefined || newest === undefined) return read(jobId, 0, null, signal);
      return joined(before, await read(jobId, endOf(newest), null, signal));
    },
    refetchInterval: SLOWLY_MS,
  });
}

/** Those that had ended by `to`, for moments that are older than the newest ones. */
export function checkpointsBeforeQuery(jobId: string, to: number | null) {
  return queryOptions({
    queryKey: ['past-checkpoints', jobId, to],
    queryFn: ({ signal }) => read(jobId, 0, to, signal),
    staleTime: Number.POSITIVE_INFINITY,
    enabled: to !== null,
  });
}

function read(
  jobId: string,
  from: number,
  to: number | null,
  signal: AbortSignal,
): Promise<PastCheckpoints> {
  const until = to === null ? '' : `&to=${to}`;
  const path = `/weir/v1/jobs/${jobId}/checkpoints?from=${from}${until}&limit=${RECORDS_MAX}`;
  return request(path, pastCheckpoints, { signal });
}

/** The same object while nothing is new, so that nothing renders. */
function joined(before: PastCheckpoints, more: PastCheckpoints): PastCheckpoints {
  const known = new Set(before.checkpoints.map(({ id, trigger_timestamp: t }) => `${id} ${t}`));
  const isNew = ({ id, trigger_timestamp: t }: CheckpointRecord) => !known.has(`${id} ${t}`);
  const fresh = more.checkpoints.filter(isNew);
  const times = new Set(before.restored.map(({ restore_timestamp: t }) => t));
  const restores = more.restored.filter(({ restore_timestamp: t }) => !times.has(t));
  if (fresh.length === 0 && restores.length === 0) return before;
  const all = [...fresh, ...before.checkpoints];
  return {
    checkpoints: all.slice(0, RECORDS_MAX),
    restored: [...restores, ...before.restored].slice(0, RECORDS_MAX),
    truncated: before.truncated || all.length > RECORDS_MAX,
  };
}
