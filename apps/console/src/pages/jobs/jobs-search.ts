/** The list's search, order and groups as a part of the address; what is usual is left out. */
import { JOB_GROUPS, JOB_SORTS, type JobsView } from '../../model/jobs/job-row.ts';

export interface JobsSearch {
  readonly q?: string;
  readonly state?: string;
  /** A column, with `-` before it the other way round. */
  readonly sort?: string;
  readonly group?: string;
}

/** Of an address, whatever stands in it. */
export function validJobsSearch(search: Readonly<Record<string, unknown>>): JobsSearch {
  const text = (value: unknown) => (typeof value === 'string' ? value : '');
  return jobsSearch(
    jobsViewOf({
      q: text(search.q),
      state: text(search.state),
      sort: text(search.sort),
      group: text(search.group),
    }),
  );
}

export function jobsViewOf({ q = '', state = '', sort = '', group = '' }: JobsSearch): JobsView {
  const column = sort.replace(/^-/, '');
  return {
    q,
    state,
    sort: JOB_SORTS.find((one) => one === column) ?? 'health',
    reversed: sort.startsWith('-'),
    group: JOB_GROUPS.find((one) => one === group) ?? 'none',
  };
}

export function jobsSearch({ q, state, sort, reversed, group }: JobsView): JobsSearch {
  return {
    ...(q === '' ? {} : { q }),
    ...(state === '' ? {} : { state }),
    ...(sort === 'health' && !reversed ? {} : { sort: reversed ? `-${sort}` : sort }),
    ...(group === 'none' ? {} : { group }),
  };
}
