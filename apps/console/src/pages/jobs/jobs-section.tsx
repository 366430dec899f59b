/** The list of jobs with what narrows and orders it; its state is the page's address. */
import type { JobSummary } from '@weir/console-protocol';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { useNow } from '../../components/use-now.ts';
import {
  inOrder,
  JOB_GROUPS,
  type JobGroup,
  type JobSort,
  jobsLines,
  type JobsView,
  lineKey,
  stateCounts,
} from '../../model/jobs/job-row.ts';
import { type JobsSearch, jobsSearch, jobsViewOf } from './jobs-search.ts';
import { JobsTable } from './jobs-table.tsx';
import { SearchField } from '../../components/search-field.tsx';

const GROUP_WORDS: Readonly<Record<JobGroup, string>> = {
  none: 'none',
  state: 'state',
  health: 'health',
  name: 'name',
};

export function JobsSection({ jobs }: { jobs: readonly JobSummary[] }) {
  const search: JobsSearch = useSearch({ strict: false });
  const navigate = useNavigate();
  const now = useNow();
  const view = jobsViewOf(search);
  // Nothing moves from under a pointer, or from where the keyboard is.
  const [kept, keep] = useState<readonly string[] | null>(null);
  const change = (next: Partial<JobsView>) => {
    keep(null);
    void navigate({ to: '.', replace: true, search: jobsSearch({ ...view, ...next }) });
  };
  const sortBy = (sort: JobSort) =>
    change({ sort, reversed: sort === view.sort ? !view.reversed : false });
  const newest = jobsLines(jobs, view, now);
  const lines = kept === null ? newest : inOrder(newest, kept);
  const shown = lines.filter(({ kind }) => kind === 'job').length;
  return (
    <>
      <Toolbar jobs={jobs} view={view} change={change} shown={shown} />
      {shown === 0 ? (
        <p className="page-body prose second">
          No job matches. Clear the search to see all of them.
        </p>
      ) : (
        <JobsTable
          lines={lines}
          sort={view.sort}
          reversed={view.reversed}
          sortBy={sortBy}
          keepOrder={(wanted) => keep(wanted ? lines.map(lineKey) : null)}
        />
      )}
    </>
  );
}

interface ToolbarProps {
  readonly jobs: readonly JobSummary[];
  readonly view: JobsView;
  readonly change: (next: Partial<JobsView>) => void;
  readonly shown: number;
}

function Toolbar({ jobs, view, change, shown }: ToolbarProps) {
  const { q, state, group, sort, reversed } = view;
  const all = jobs.length === 1 ? '1 job' : `${jobs.length} jobs`;
  const order = sort === 'health' && !reversed ? ', worst first' : '';
  return (
    <search className="toolbar" aria-label="Filter jobs">
      <JobSearch q={q} change={(text) => change({ q: text })} />
      <div className="segments">
        <button type="button" aria-pressed={state === ''} onClick={() => change({ state: '' })}>
          All
        </button>
        {stateCounts(jobs).map(([name, count]) => (
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
      <label className="select">
        <span>Group by</span>
        <select
          value={group}
          onChange={(event) => change({ group: event.target.value as JobGroup })}
        >
          {JOB_GROUPS.map((one) => (
            <option key={one} value={one}>
              {GROUP_WORDS[one]}
            </option>
          ))}
        </select>
      </label>
      <span className="micro quiet-text toolbar-note" role="status">
        {shown === jobs.length ? `${all}${order}` : `${shown} of ${all}${order}`}
      </span>
    </search>
  );
}

/** `/` goes there from anywhere on the page. */
function JobSearch({ q, change }: { q: string; change: (text: string) => void }) {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const { target } = event;
      const typing = target instanceof HTMLElement && target.closest('input, select, dialog');
      if (event.key !== '/' || event.ctrlKey || event.metaKey || typing) return;
      event.preventDefault();
      field.current?.focus();
    };
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, []);
  return (
    <SearchField label="Search jobs" value={q} change={change} input={field} shortcut="/">
      <kbd className="kbd">/</kbd>
    </SearchField>
  );
}
