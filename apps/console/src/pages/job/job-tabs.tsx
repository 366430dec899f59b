/** The tabs of a job, with what is worth knowing before one opens them. */
import { Link } from '@tanstack/react-router';
import { useJob, useJobStore } from '../../live/use-live.ts';
import { durationFigure, figureText } from '../../model/figures.ts';
import { useCheckpointsShown, useExceptionsShown } from '../../rest/moment-queries.ts';

/** Event time this far behind is worth a look. */
const LAG_WARN_MS = 60_000;

export function JobTabs() {
  const { jobId } = useJobStore();
  const lag = useJob(({ latest }) => latest?.watermarkLag ?? null);
  const checkpoints = useCheckpointsShown(jobId);
  const { entries: exceptions = [] } = useExceptionsShown(jobId);
  const params = { jobId };
  const failures = exceptions.length;
  const newest = checkpoints[0]?.id;
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
      <Link to="/c/embedded/jobs/$jobId/flame" params={params}>
        Flame graph
      </Link>
      <Link to="/c/embedded/jobs/$jobId/timeline" params={params}>
        Timeline
      </Link>
      <Link to="/c/embedded/jobs/$jobId/what-changed" params={params}>
        What changed
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
