/** An ended job that goes on as another one, or did: said in a sentence, with the way there. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useJobStore, useJobs } from '../../live/use-live.ts';
import { isTerminal } from '../../model/jobs/job-state.ts';
import { momentSearch } from '../../model/time/moment.ts';
import { jobInfoQuery } from '../../rest/weir-client.ts';

export function SuccessionRow() {
  const { jobId } = useJobStore();
  const over = useJobs((store) => isTerminal(store.job(jobId)?.state ?? ''), jobId);
  const { data } = useQuery(jobInfoQuery(jobId));
  const successor = data?.successor ?? null;
  if (!over || successor === null) return null;
  return (
    <p className="succession">
      It goes on as{' '}
      <Link
        to="/c/embedded/jobs/$jobId/graph"
        params={{ jobId: successor }}
        search={momentSearch({ kind: 'live' })}
      >
        job {successor.slice(0, 8)}
      </Link>
      , which was started from it.
    </p>
  );
}
