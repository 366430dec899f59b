/**
 * REST resources of a job as queries. They are read again when the job's events say that they
 * changed (`invalidations`), and slowly besides, so that a missed event heals.
 */
import type { JobEvent } from '@weir/console-protocol';
import { queryOptions } from '@tanstack/react-query';
import { flink } from './flink-client.ts';

const SLOWLY_MS = 15_000;
const OFTEN_MS = 1000;

const ofJob = (jobId: string, ...rest: readonly (string | number)[]) => ['job', jobId, ...rest];

export function jobDetailsQuery(jobId: string) {
  return queryOptions({
    queryKey: ofJob(jobId, 'details'),
    queryFn: ({ signal }) => flink.call('job', { params: { jobid: jobId }, signal }),
    staleTime: SLOWLY_MS,
  });
}

export function checkpointsQuery(jobId: string) {
  return queryOptions({
    queryKey: ofJob(jobId, 'checkpoints'),
    queryFn: ({ signal }) => flink.call('checkpoints', { params: { jobid: jobId }, signal }),
    refetchInterval: ({ state }) =>
      (state.data?.counts.in_progress ?? 0) > 0 ? OFTEN_MS : SLOWLY_MS,
  });
}

export function checkpointConfigQuery(jobId: string) {
  return queryOptions({
    queryKey: ofJob(jobId, 'checkpoint-config'),
    queryFn: ({ signal }) => flink.call('checkpointConfig', { params: { jobid: jobId }, signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** A checkpoint that is over never changes; one in progress is read every second. */
export function checkpointDetailsQuery(jobId: string, id: number, running: boolean) {
  return queryOptions({
    queryKey: ofJob(jobId, 'checkpoint', id, running ? 'running' : 'over'),
    queryFn: ({ signal }) =>
      flink.call('checkpointDetails', {
        params: { jobid: jobId, checkpointid: `${id}` },
        signal,
      }),
    staleTime: running ? 0 : Number.POSITIVE_INFINITY,
    refetchInterval: running ? OFTEN_MS : false,
  });
}

export function checkpointSubtasksQuery(
  jobId: string,
  id: number,
  vertexId: string,
  running: boolean,
) {
  return queryOptions({
    queryKey: ofJob(jobId, 'checkpoint', id, running ? 'running' : 'over', vertexId),
    queryFn: ({ signal }) =>
      flink.call('checkpointSubtasks', {
        params: { jobid: jobId, checkpointid: `${id}`, vertexid: vertexId },
        signal,
      }),
    staleTime: running ? 0 : Number.POSITIVE_INFINITY,
    refetchInterval: running ? OFTEN_MS : false,
  });
}

export function exceptionsQuery(jobId: string) {
  return queryOptions({
    queryKey: ofJob(jobId, 'exceptions'),
    queryFn: ({ signal }) => flink.call('jobExceptions', { params: { jobid: jobId }, signal }),
    refetchInterval: SLOWLY_MS,
  });
}

export function vertexQuery(jobId: string, vertexId: string) {
  return queryOptions({
    queryKey: ofJob(jobId, 'vertex', vertexId),
    queryFn: ({ signal }) =>
      flink.call('vertex', { params: { jobid: jobId, vertexid: vertexId }, signal }),
    refetchInterval: 5000,
  });
}

export function clusterQuery() {
  return queryOptions({
    queryKey: ['cluster'],
    queryFn: ({ signal }) => flink.call('overview', { signal }),
    refetchInterval: 5000,
  });
}

/** Query keys that the events of a job put out of date. */
export function invalidations(jobId: string, events: readonly JobEvent[]): string[][] {
  const kinds = new Set(events.map(({ kind }) => kind));
  const keys: string[][] = [];
  if ([...kinds].some((kind) => kind !== 'checkpoint')) keys.push(['job', jobId, 'timeline']);
  if (kinds.has('checkpoint') || kinds.has('savepoint') || kinds.has('restart')) {
    keys.push(['job', jobId, 'checkpoints']);
  }
  if (kinds.has('exception') || kinds.has('restart') || kinds.has('state')) {
    keys.push(
      ['job', jobId, 'exceptions'],
      ['job', jobId, 'vertex'],
      ['job', jobId, 'checkpoints'],
    );
  }
  return keys;
}
