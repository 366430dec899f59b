/** The first page: what needs someone, the cluster in figures, its jobs. */
import type { JobSummary } from '@weir/console-protocol';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { FigureText } from '../../components/figure-text.tsx';
import { Skeleton } from '../../components/skeleton.tsx';
import { Sparkline } from '../../components/sparkline.tsx';
import { StateMark } from '../../components/state-word.tsx';
import { useNow } from '../../components/use-now.ts';
import { useTitle } from '../../frame/use-title.ts';
import { useJobFigures } from '../../live/use-live.ts';
import { countFigure } from '../../model/figures/figures.ts';
import { needyJobs, stateCounts, totalRates } from '../../model/jobs/job-row.ts';
import { clusterQuery } from '../../rest/job-queries.ts';
import { JobsSection } from '../jobs/jobs-section.tsx';
import { NewJob } from '../jobs/new-job.tsx';
import { NoJobs } from '../jobs/no-jobs.tsx';

/** Further ones are in the list. */
const NAMED_MAX = 3;

export function OverviewPage() {
  useTitle('Overview');
  const snapshot = useJobFigures();
  if (snapshot === null) return <Skeleton lines={8} />;
  const { jobs } = snapshot;
  return (
    <>
      <header className="page-head">
        <h1>Overview</h1>
        <Sentence jobs={jobs} />
        {jobs.length > 0 && <NewJob />}
      </header>
      <ClusterTile jobs={jobs} />
      {jobs.length === 0 ? (
        <div className="page-body">
          <NoJobs />
        </div>
      ) : (
        <JobsSection jobs={jobs} />
      )}
    </>
  );
}

const VERBS: Readonly<Record<string, string>> = {
  Failed: 'has failed',
  Suspended: 'is suspended',
  'Restart loop': 'restarts again and again',
  Stuck: 'is stuck at',
  'No checkpoint': 'completes no checkpoint',
  'Falling behind': 'falls behind because of',
  'Held up': 'is held up by',
};

/** Their words end with what limits the job. */
const LIMITED: ReadonlySet<string> = new Set(['Stuck', 'Falling behind', 'Held up']);

/** First the sentence: who needs someone. */
function Sentence({ jobs }: { jobs: readonly JobSummary[] }) {
  const now = useNow();
  if (jobs.length === 0) return <p>No job runs on this server yet.</p>;
  const running = jobs.filter(({ state }) => state === 'RUNNING').length;
  const runs = running === 1 ? '1 job runs' : `${running} jobs run`;
  const needy = needyJobs(jobs, now);
  if (needy.length === 0) return <p className="second">{runs}; none needs you.</p>;
  return (
    <p>
      <strong className="tone-fail">
        {needy.length === 1 ? '1 job needs you: ' : `${needy.length} jobs need you: `}
      </strong>
      {needy.slice(0, NAMED_MAX).map(({ job, head }, at) => (
        <span key={job.jobId}>
          {at > 0 && ', '}
          <Link
            to="/c/embedded/jobs/$jobId/graph"
            params={{ jobId: job.jobId }}
            search={job.bottleneck == null ? {} : { vertex: job.bottleneck.vertexId }}
          >
            {job.name}
          </Link>{' '}
          {VERBS[head] ?? head.toLowerCase()}
          {job.bottleneck != null && LIMITED.has(head) && ` ${job.bottleneck.name}`}
        </span>
      ))}
      {needy.length > NAMED_MAX && ` and ${needy.length - NAMED_MAX} more`}.{' '}
      <span className="quiet-text">{runs}.</span>
    </p>
  );
}

function ClusterTile({ jobs }: { jobs: readonly JobSummary[] }) {
  const { data } = useQuery(clusterQuery());
  const known = jobs.filter(({ recordsIn, state }) => state === 'RUNNING' && recordsIn !== null);
  const recordsIn = known.reduce((sum, job) => sum + (job.recordsIn ?? 0), 0);
  const backlogs = known.map(({ pendingRecords }) => pendingRecords).filter((one) => one !== null);
  const pending = backlogs.length === 0 ? null : backlogs.reduce((sum, one) => sum + one, 0);
  const rates = totalRates(jobs).map((value, at) => ({ t: at * 1000, value }));
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
        <div className="with-line">
          <dt>Records in</dt>
          <dd>
            <FigureText figure={countFigure(recordsIn, 'rec/s')} />
          </dd>
          <Sparkline points={rates} width={104} height={34} />
        </div>
        <div>
          <dt>Not read yet</dt>
          <dd>
            <FigureText figure={countFigure(pending, 'rec')} />
          </dd>
        </div>
        <div>
          <dt>Jobs</dt>
          <dd>
            <span className="state-counts">
              {jobs.length === 0 && 'none'}
              {stateCounts(jobs).map(([state, count]) => (
                <span key={state}>
                  <StateMark state={state} /> <b>{count}</b> {state.toLowerCase()}
                </span>
              ))}
            </span>
          </dd>
        </div>
      </dl>
    </section>
  );
}
