/** The first page: what needs someone, the cluster in figures, its jobs. */
import type { JobSummary } from '@weir/console-protocol';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { FigureText } from '../../components/figure-text.tsx';
import { Skeleton } from '../../components/skeleton.tsx';
import { StateWord } from '../../components/state-word.tsx';
import { useTitle } from '../../frame/use-title.ts';
import { useJobs } from '../../live/use-live.ts';
import { countFigure } from '../../model/figures.ts';
import { stateCounts, worstFirst } from '../../model/job-row.ts';
import { clusterQuery } from '../../rest/job-queries.ts';
import { JobsTable } from '../jobs/jobs-table.tsx';
import { NoJobs } from '../jobs/no-jobs.tsx';

export function OverviewPage() {
  useTitle('Overview');
  const snapshot = useJobs((store) => store.snapshot);
  if (snapshot === null) return <Skeleton lines={8} />;
  const { jobs } = snapshot;
  return (
    <>
      <header className="page-head">
        <h1>Overview</h1>
        <Sentence jobs={jobs} />
      </header>
      <ClusterTile jobs={jobs} />
      {jobs.length === 0 ? (
        <div className="page-body">
          <NoJobs />
        </div>
      ) : (
        <JobsTable jobs={worstFirst(jobs)} />
      )}
    </>
  );
}

/** First the sentence: who needs someone. */
function Sentence({ jobs }: { jobs: readonly JobSummary[] }) {
  if (jobs.length === 0) return <p>No job runs on this server yet.</p>;
  const failed = jobs.filter(({ state }) => state === 'FAILED' || state === 'SUSPENDED');
  const restarting = jobs.filter(({ state }) => state === 'RESTARTING' || state === 'FAILING');
  const running = jobs.filter(({ state }) => state === 'RUNNING').length;
  const needy = [...failed, ...restarting];
  const runs = running === 1 ? '1 job runs' : `${running} jobs run`;
  const limited = jobs.filter(({ bottleneck }) => bottleneck != null);
  if (needy.length === 0 && limited.length > 0) return <Limited jobs={limited} runs={runs} />;
  if (needy.length === 0) return <p className="second">{runs}; none has failed or restarts.</p>;
  return (
    <p>
      <strong className="tone-fail">
        {needy.length === 1 ? '1 job needs you: ' : `${needy.length} jobs need you: `}
      </strong>
      {needy.slice(0, 3).map((job, at) => (
        <span key={job.jobId}>
          {at > 0 && ', '}
          <Link to="/c/embedded/jobs/$jobId/graph" params={{ jobId: job.jobId }}>
            {job.name}
          </Link>
          {failed.includes(job) ? ' has failed' : ' restarts'}
        </span>
      ))}
      . <span className="quiet-text">{runs}.</span>
    </p>
  );
}

/** No job has failed, but operators hold some of them up. */
function Limited({ jobs, runs }: { jobs: readonly JobSummary[]; runs: string }) {
  return (
    <p>
      {jobs.slice(0, 3).map(({ jobId, name, bottleneck }, at) => (
        <span key={jobId}>
          {at > 0 && ', '}
          <Link
            to="/c/embedded/jobs/$jobId/graph"
            params={{ jobId }}
            search={{ vertex: bottleneck?.vertexId ?? '' }}
          >
            {name}
          </Link>{' '}
          is held up by <b>{bottleneck?.name}</b>
        </span>
      ))}
      {jobs.length > 3 && ` and ${jobs.length - 3} more are held up`}.{' '}
      <span className="quiet-text">{runs}.</span>
    </p>
  );
}

function ClusterTile({ jobs }: { jobs: readonly JobSummary[] }) {
  const { data } = useQuery(clusterQuery());
  const known = jobs.filter(({ recordsIn, state }) => state === 'RUNNING' && recordsIn !== null);
  const recordsIn = known.reduce((sum, job) => sum + (job.recordsIn ?? 0), 0);
  const total = data?.['slots-total'] ?? null;
  const used = total === null ? null : total - (data?.['slots-available'] ?? 0);
  return (
    <section aria-label="This server">
      <dl className="cluster-tile">
        <div>
          <dt>Slots</dt>
          <dd>
            {used ?? '—'} <small>of {total ?? '—'}</small>
          </dd>
          <div className="slot-bar" aria-hidden="true">
            <i style={{ width: `${total ? ((used ?? 0) / total) * 100 : 0}%` }} />
          </div>
        </div>
        <div>
          <dt>Task managers</dt>
          <dd>{data?.taskmanagers ?? '—'}</dd>
        </div>
        <div>
          <dt>Records in</dt>
          <dd>
            <FigureText figure={countFigure(recordsIn, 'rec/s')} />
          </dd>
        </div>
        <div>
          <dt>Jobs</dt>
          <dd>
            <span className="state-counts">
              {jobs.length === 0 && 'none'}
              {stateCounts(jobs).map(([state, count]) => (
                <span key={state}>
                  <b>{count}</b> <StateWord state={state} />
                </span>
              ))}
            </span>
          </dd>
        </div>
      </dl>
    </section>
  );
}
