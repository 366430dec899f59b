/** Profiles of a job, read again and again while somebody looks. */
import { CLIENT_HEADER, type FlameMode, flameGraphAnswer } from '@weir/console-protocol';
import { queryOptions } from '@tanstack/react-query';
import { request } from './weir-client.ts';

const PERIOD_MS = 2000;
export const WINDOW_MS = 20_000;

export interface FlameQuestion {
  readonly mode: FlameMode;
  readonly vertex: string | undefined;
  readonly subtask: number | undefined;
  /** Epoch ms; null = live. */
  readonly at: number | null;
  readonly window: number;
}

/**
 * Live, it holds a lease for `viewer` as long as the page is seen: a tab in the background asks no
 * more. A past profile never changes.
 */
export function flameGraphQuery(jobId: string, question: FlameQuestion, viewer: string) {
  const { at } = question;
  return queryOptions({
    queryKey: ['job', jobId, 'flame-graph', question],
    queryFn: ({ signal }) =>
      request(`${pathOf(jobId)}?${parameters(question, viewer)}`, flameGraphAnswer, { signal }),
    refetchInterval: ({ state }) =>
      at !== null || state.data?.status === 'ended' ? false : PERIOD_MS,
    refetchIntervalInBackground: false,
    staleTime: at === null ? 0 : Number.POSITIVE_INFINITY,
    placeholderData: (before) => before,
  });
}

/** Gives the lease back; also when the page is about to go. */
export function leaveFlameGraph(jobId: string, viewer: string): void {
  const init = { method: 'DELETE', keepalive: true, headers: { [CLIENT_HEADER]: 'console' } };
  fetch(`${pathOf(jobId)}?viewer=${viewer}`, init).catch(() => {
    // The lease ends by itself, with the server or some seconds later.
  });
}

function pathOf(jobId: string): string {
  return `/weir/v1/jobs/${jobId}/flamegraph`;
}

function parameters({ mode, vertex, subtask, at, window }: FlameQuestion, viewer: string): string {
  const all = new URLSearchParams({ mode, window: `${window}` });
  if (vertex !== undefined) all.set('vertex', vertex);
  if (subtask !== undefined) all.set('subtask', `${subtask}`);
  if (at === null) all.set('viewer', viewer);
  else all.set('at', `${at}`);
  return all.toString();
}
