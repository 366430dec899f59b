/** An address that leads nowhere. */
import { Link } from '@tanstack/react-router';
import { useTitle } from './use-title.ts';

export function NotFound() {
  useTitle('Not found');
  return (
    <div className="page-body prose">
      <h1>There is no such page.</h1>
      <p>
        The address may belong to another version of the console. All jobs are under{' '}
        <Link to="/c/embedded/jobs">Jobs</Link>.
      </p>
    </div>
  );
}
