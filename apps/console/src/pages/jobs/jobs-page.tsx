/** All jobs of the server: running ones and those that are over. */
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Search } from 'lucide-react';
import { Skeleton } from '../../components/skeleton.tsx';
import { useTitle } from '../../frame/use-title.ts';
import { useJobs } from '../../live/use-live.ts';
import { filterJobs, stateCounts, worstFirst } from '../../model/job-row.ts';
import { JobsTable } from './jobs-table.tsx';
import { NoJobs } from './no-jobs.tsx';

export function JobsPage() {
  useTitle('Jobs');
  const snapshot = useJobs((store) => store.snapshot);
  const { q = '', state = '' } = useSearch({ from: '/c/embedded/jobs' });
  if (snapshot === null) return <Skeleton lines={8} />;
  if (snapshot.jobs.length === 0) return <EmptyJobs />;
  const shown = filterJobs(worstFirst(snapshot.jobs), q, state);
  return (
    <>
      <header className="page-head">
        <h1>Jobs</h1>
        <p className="quiet-text">
          {snapshot.jobs.length === 1 ? '1 job' : `${snapshot.jobs.length} jobs`}, worst first
        </p>
      </header>
      <Filters q={q} state={state} counts={stateCounts(snapshot.jobs)} />
      {shown.length === 0 ? (
        <p className="page-body prose second">
          No job matches. Clear the search to see all of them.
        </p>
      ) : (
        <JobsTable jobs={shown} />
      )}
    </>
  );
}

function EmptyJobs() {
  return (
    <>
      <header className="page-head">
        <h1>Jobs</h1>
        <p>No job runs on this server yet.</p>
      </header>
      <div className="page-body">
        <NoJobs />
      </div>
    </>
  );
}

interface FiltersProps {
  readonly q: string;
  readonly state: string;
  readonly counts: readonly [string, number][];
}

function Filters({ q, state, counts }: FiltersProps) {
  const navigate = useNavigate({ from: '/c/embedded/jobs' });
  const change = (next: { q?: string; state?: string }) =>
    void navigate({
      replace: true,
      search: (now) => withoutEmpty({ ...now, ...next }),
    });
  return (
    <search className="toolbar" aria-label="Filter jobs">
      <label className="field">
        <Search aria-hidden="true" />
        <input
          type="search"
          aria-label="Search jobs"
          placeholder="Search jobs"
          value={q}
          onChange={(event) => change({ q: event.target.value })}
        />
      </label>
      <div className="segments">
        <button type="button" aria-pressed={state === ''} onClick={() => change({ state: '' })}>
          All
        </button>
        {counts.map(([name, count]) => (
          <button
            key={name}
            type="button"
            aria-pressed={state === name}
            onClick={() => change({ state: name })}
          >
            {name.charAt(0) + name.slice(1).toLowerCase()} {count}
          </button>
        ))}
      </div>
    </search>
  );
}

function withoutEmpty(search: { q?: string; state?: string }) {
  return {
    ...(search.q ? { q: search.q } : {}),
    ...(search.state ? { state: search.state } : {}),
  };
}
