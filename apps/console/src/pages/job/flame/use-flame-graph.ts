/**
 * The profile that the page shows, and the one that it is compared with. While it is live and seen,
 * this page is a viewer: the server samples for it; it says so when it goes.
 */
import type { FlameGraphAnswer } from '@weir/console-protocol';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useMoment } from '../../../frame/use-moment.ts';
import {
  type FlameQuestion,
  flameGraphQuery,
  leaveFlameGraph,
  WINDOW_MS,
} from '../../../rest/flame-graph.ts';
import type { FlameSearch } from './flame-search.ts';

export interface FlameGraphView {
  readonly answer: FlameGraphAnswer | undefined;
  readonly error: Error | null;
  readonly retry: () => void;
  /** Of the moment that it is compared with; null without one. */
  readonly base: FlameGraphAnswer | null;
  readonly live: boolean;
}

export function useFlameGraph(jobId: string, search: FlameSearch): FlameGraphView {
  const moment = useMoment();
  const [viewer] = useState(() => crypto.randomUUID());
  const live = moment.kind === 'live';
  const at = moment.kind === 'live' ? null : moment.kind === 'instant' ? moment.at : moment.to;
  const window = moment.kind === 'range' ? moment.to - moment.from : WINDOW_MS;
  const { mode = 'on', vertex, subtask, base = null } = search;
  const question: FlameQuestion = { mode, vertex, subtask, at, window };
  const { data, error, refetch } = useQuery(flameGraphQuery(jobId, question, viewer));
  const before = useQuery({
    ...flameGraphQuery(jobId, { ...question, at: base, window: WINDOW_MS }, viewer),
    enabled: base !== null,
  });
  useEffect(() => {
    if (!live) return;
    const leave = () => leaveFlameGraph(jobId, viewer);
    const hidden = () => {
      if (document.visibilityState === 'hidden') leave();
    };
    document.addEventListener('visibilitychange', hidden);
    addEventListener('pagehide', leave);
    return () => {
      document.removeEventListener('visibilitychange', hidden);
      removeEventListener('pagehide', leave);
      leave();
    };
  }, [jobId, viewer, live]);
  return {
    answer: data,
    error,
    retry: () => void refetch(),
    base: base === null ? null : (before.data ?? null),
    live,
  };
}
