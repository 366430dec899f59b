/** An address that leads nowhere. */
import { Link } from '@tanstack/react-router';
import { useTitle } from './use-title.ts';

export function NotFound() {
  useTitle('Not found');
  return (
    <div className="page-body prose">
      <h1>There is no such page.</h1>
      <p>
        The address may belong to another version of the console. What this server runs is on its
        overview; every job, also those that ended, is in the list of jobs.
      </p>
      <Link className="btn" to="/c/embedded/jobs">
        All jobs
      </Link>
    </div>
  );
}
