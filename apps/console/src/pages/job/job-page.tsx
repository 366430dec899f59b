/** One job: header, tabs, the open tab, its last half hour. */
import { useQueryClient } from '@tanstack/react-query';
import { Link, Outlet, useParams } from '@tanstack/react-router';
import { useEffect } from 'react';
import { Skeleton } from '../../components/skeleton.tsx';
import { useTitle } from '../../frame/use-title.ts';
import { useJobs, useLiveData, useSelected } from '../../live/use-live.ts';
import { invalidations } from '../../rest/job-queries.ts';
import { FiguresRow } from './figures-row.tsx';
import { JobHead } from './job-head.tsx';
import { JobTabs } from './job-tabs.tsx';
import { MomentProvider } from './moment-provider.tsx';
import { SuccessionRow } from './succession-row.tsx';
import { VerdictRow } from './verdict-row.tsx';

export function JobPage() {
  const { jobId } = useParams({ from: '/c/embedded/jobs/$jobId' });
  return JOB_ID.test(jobId) ? <PageOf jobId={jobId} /> : <JobGone jobId={jobId} />;
}

const JOB_ID = /^[0-9a-f]{32}$/;

function PageOf({ jobId }: { jobId: string }) {
  const live = useLiveData();
  const queries = useQueryClient();
  const store = live.job(jobId);
  const state = useSelected(store, ({ topology, gone }) => ({
    ready: topology !== null,
    gone,
    name: topology?.name ?? null,
  }));
  const known = useJobs((jobs) => jobs.job(jobId) !== null, jobId);
  useTitle(state.name ?? 'Job');
  useEffect(() => live.readJob(jobId), [live, jobId]);
  useEffect(
    () =>
      store.onEvents((events) => {
        for (const queryKey of invalidations(jobId, events)) {
          void queries.invalidateQueries({ queryKey });
        }
      }),
    [store, queries, jobId],
  );
  if (state.gone && !known) return <JobGone jobId={jobId} />;
  if (!state.ready) return <Skeleton lines={10} />;
  return (
    <MomentProvider live={store}>
      <section className="job-head" aria-label="Job">
        <JobHead />
        <VerdictRow />
        <SuccessionRow />
        <FiguresRow />
      </section>
      <JobTabs />
      <div className="job-view">
        <Outlet />
      </div>
    </MomentProvider>
  );
}

function JobGone({ jobId }: { jobId: string }) {
  return (
    <div className="page-body prose">
      <h1>This server does not know the job.</h1>
      <p>
        <code>{jobId}</code> was never submitted here, or its history was removed.
      </p>
      <Link className="btn" to="/c/embedded/jobs">
        All jobs
      </Link>
    </div>
  );
}
