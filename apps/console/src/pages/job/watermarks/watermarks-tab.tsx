/** Event time and backlog: how far behind, who holds it back, and when it will be drained. */
import '../../../styles/watermarks.css';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo, useRef } from 'react';
import { useMoment } from '../../../frame/use-moment.ts';
import { useJob, useJobStore } from '../../../live/use-live.ts';
import { isTerminal } from '../../../model/jobs/job-state.ts';
import {
  type SplitOrder,
  type SplitTrend,
  SplitTrends,
} from '../../../model/watermarks/split-trends.ts';
import { splitsQuery } from '../../../rest/job-splits.ts';
import { DrainPanel } from './drain-panel.tsx';
import { HolderPanel } from './holder-panel.tsx';
import { LagCharts } from './lag-charts.tsx';
import { LatePanel } from './late-panel.tsx';
import { SplitSection } from './split-section.tsx';

export function WatermarksTab() {
  const { jobId } = useJobStore();
  const topology = useJob((store) => store.topology);
  const { split = '', by = 'seconds' } = useSearch({ from: '/c/embedded/jobs/$jobId/watermarks' });
  const navigate = useNavigate({ from: '/c/embedded/jobs/$jobId/watermarks' });
  const all = useSplits(jobId, '');
  const found = useSplits(jobId, split);
  if (topology === null) return null;
  const change = (next: { split?: string; by?: SplitOrder }) =>
    void navigate({
      replace: true,
      search: (now) => ({
        ...now,
        split: (next.split ?? split) || undefined,
        by: (next.by ?? by) === 'records' ? 'records' : undefined,
      }),
    });
  return (
    <div className="watermarks">
      <div>
        <LagCharts topology={topology} />
        <SplitSection
          answer={all.answer}
          error={all.error}
          retry={all.retry}
          trends={found.trends}
          find={split}
          order={by}
          change={change}
        />
      </div>
      <aside aria-label="About event time">
        <HolderPanel topology={topology} splits={all.answer} />
        <DrainPanel topology={topology} />
        <LatePanel topology={topology} />
      </aside>
    </div>
  );
}

const NONE: readonly SplitTrend[] = [];

/** The splits with their trends; only of a running job, and only live. */
function useSplits(jobId: string, find: string) {
  const moment = useMoment();
  const over = useJob(({ latest }) => latest === null || isTerminal(latest.state));
  const live = moment.kind === 'live' && !over;
  const { data, error, refetch } = useQuery(splitsQuery(jobId, find, live));
  const seen = useRef(new SplitTrends());
  const trends = useMemo(() => (data === undefined ? NONE : seen.current.add(data)), [data]);
  return {
    answer: live ? (data ?? null) : null,
    trends: live ? trends : NONE,
    error: data === undefined ? (error?.message ?? null) : null,
    retry: () => void refetch(),
  };
}
