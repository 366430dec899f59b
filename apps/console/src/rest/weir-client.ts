/** Weir's own resources: what this server can do beyond Flink's REST API. */
import {
  CLIENT_HEADER,
  capabilities,
  exampleList,
  jobConfigOptions,
  jobInfo,
  type RerunRequestInput,
  type RerunResponse,
  rerunResponse,
  type SubmitRequestInput,
  type SubmitResponse,
  submitResponse,
  taskManagerHistory,
  taskManagerList,
  type ThreadStacks,
  threadStacks,
} from '@weir/console-protocol';
import { errorMessage, FlinkRestError } from '@weir/flink-rest';
import { queryOptions } from '@tanstack/react-query';
import type { z } from 'zod';

export function examplesQuery() {
  return queryOptions({
    queryKey: ['examples'],
    queryFn: ({ signal }) => request('/weir/v1/examples', exampleList, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export function capabilitiesQuery() {
  return queryOptions({
    queryKey: ['capabilities'],
    queryFn: ({ signal }) => request('/weir/v1/capabilities', capabilities, { signal }),
    staleTime: 60_000,
  });
}

export function jobInfoQuery(jobId: string) {
  return queryOptions({
    queryKey: ['job', jobId, 'info'],
    queryFn: ({ signal }) => request(`/weir/v1/jobs/${jobId}`, jobInfo, { signal }),
  });
}

export function configQuery(jobId: string) {
  return queryOptions({
    queryKey: ['job', jobId, 'config'],
    queryFn: ({ signal }) => request(`/weir/v1/jobs/${jobId}/config`, jobConfigOptions, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export function taskManagersQuery() {
  return queryOptions({
    queryKey: ['task-managers'],
    queryFn: ({ signal }) => request('/weir/v1/taskmanagers', taskManagerList, { signal }),
    refetchInterval: 1000,
  });
}

/** The last half hour of one process. */
export function taskManagerHistoryQuery(id: string) {
  return queryOptions({
    queryKey: ['task-managers', id, 'history'],
    queryFn: ({ signal }) =>
      request(`/weir/v1/taskmanagers/${id}/history`, taskManagerHistory, { signal }),
    refetchInterval: 5000,
    retry: false,
  });
}

/** Where its threads are: each is stopped for some milliseconds, so only when asked for. */
export function readStacks(id: string): Promise<ThreadStacks> {
  return request(`/weir/v1/taskmanagers/${id}/stacks`, threadStacks, {});
}

/** Resolves once the job exists. @throws FlinkRestError with what is wrong with it. */
export function submitJob(submission: SubmitRequestInput): Promise<SubmitResponse> {
  return request('/weir/v1/jobs', submitResponse, change(submission));
}

/** Stops the job if it still runs and is to be stopped, then starts it as a new one. */
export function rerunJob(jobId: string, wish: RerunRequestInput): Promise<RerunResponse> {
  return request(`/weir/v1/jobs/${jobId}/rerun`, rerunResponse, change(wish));
}

/** A request that changes something, as the server demands it. */
export function change(body: unknown, method: 'POST' | 'PUT' = 'POST'): RequestInit {
  return {
    method,
    headers: { 'content-type': 'application/json', [CLIENT_HEADER]: 'console' },
    body: JSON.stringify(body),
  };
}

export async function request<T>(path: string, shape: z.ZodType<T>, init: RequestInit): Promise<T> {
  let answer: Response;
  let content: unknown;
  try {
    answer = await fetch(path, init);
    content = await answer.json();
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'AbortError') throw cause;
    throw new FlinkRestError(0, path, 'The server does not answer.', { cause });
  }
  if (!answer.ok) throw refusal(answer.status, path, content);
  const result = shape.safeParse(content);
  if (result.success) return result.data;
  const message = 'The server is of another version than this page; reload it.';
  throw new FlinkRestError(answer.status, path, message, {
    code: 'FORMAT_INVALID',
    cause: result.error,
  });
}

function refusal(status: number, path: string, content: unknown): FlinkRestError {
  const { errors } = Object(content) as { readonly errors?: unknown };
  const texts = Array.isArray(errors) ? errors.filter((one) => typeof one === 'string') : [];
  const message = errorMessage(texts);
  return new FlinkRestError(status, path, message === '' ? `HTTP ${status}` : message);
}
