/** The tabs of a job, with what is worth knowing before one opens them. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useJob, useJobStore } from '../../live/use-live.ts';
import { durationFigure, figureText } from '../../model/figures.ts';
import { checkpointsQuery, exceptionsQuery } from '../../rest/job-queries.ts';

/** Event time this far behind is worth a look. */
const LAG_WARN_MS = 60_000;

export function JobTabs() {
  const { jobId } = useJobStore();
  const lag = useJob(({ latest }) => latest?.watermarkLag ?? null);
  const { data: checkpoints } = useQuery(checkpointsQuery(jobId));
  const { data: exceptions } = useQuery(exceptionsQuery(jobId));
  const params = { jobId };
  const failures = exceptions?.exceptionHistory.entries.length ?? 0;
  const newest = checkpoints?.history[0]?.id;
  return (
    <nav className="tabs" aria-label="Job views">
      <Link to="/c/embedded/jobs/$jobId/graph" params={params}>
        Graph
      </Link>
      <Link to="/c/embedded/jobs/$jobId/checkpoints" params={params}>
        Checkpoints
        {newest !== undefined && <span>#{newest}</span>}
      </Link>
      <Link to="/c/embedded/jobs/$jobId/watermarks" params={params}>
        Watermarks & lag
        {lag !== null && lag >= LAG_WARN_MS && (
          <span className="tone-warn">{figureText(durationFigure(lag))}</span>
        )}
      </Link>
      <Link to="/c/embedded/jobs/$jobId/exceptions" params={params}>
        Exceptions
        {failures > 0 && <span className="tone-warn">{failures}</span>}
      </Link>
      <Link to="/c/embedded/jobs/$jobId/logs" params={params}>
        Logs
      </Link>
      <Link to="/c/embedded/jobs/$jobId/config" params={params}>
        Config
      </Link>
    </nav>
  );
}
