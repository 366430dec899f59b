/** All jobs of the server: running ones and those that are over. */
import { Skeleton } from '../../components/skeleton.tsx';
import { useTitle } from '../../frame/use-title.ts';
import { useJobFigures } from '../../live/use-live.ts';
import { JobsSection } from './jobs-section.tsx';
import { NewJob } from './new-job.tsx';
import { NoJobs } from './no-jobs.tsx';

export function JobsPage() {
  useTitle('Jobs');
  const snapshot = useJobFigures();
  if (snapshot === null) return <Skeleton lines={8} />;
  return (
    <>
      <header className="page-head">
        <h1>Jobs</h1>
        <p className={snapshot.jobs.length === 0 ? undefined : 'quiet-text'}>
          {snapshot.jobs.length === 0
            ? 'No job runs on this server yet.'
            : 'Those that run, and those that are over with their history.'}
        </p>
        {snapshot.jobs.length > 0 && <NewJob />}
      </header>
      {snapshot.jobs.length === 0 ? (
        <div className="page-body">
          <NoJobs />
        </div>
      ) : (
        <JobsSection jobs={snapshot.jobs} />
      )}
    </>
  );
}
