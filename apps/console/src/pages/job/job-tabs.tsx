/** The tabs of a job, with what is worth knowing before one opens them. */
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { JOB_VIEWS, type JobViewLabel } from '../../frame/job-views.ts';
import { useJob, useJobStore } from '../../live/use-live.ts';
import { durationFigure, figureText } from '../../model/figures/figures.ts';
import { useCheckpointsShown, useExceptionsShown } from '../../rest/moment-queries.ts';

/** Event time this far behind is worth a look. */
const LAG_WARN_MS = 60_000;

export function JobTabs() {
  const { jobId } = useJobStore();
  const badges = useBadges(jobId);
  return (
    <nav className="tabs" aria-label="Job views">
      {JOB_VIEWS.map(({ label, to }) => (
        <Link key={to} to={to} params={{ jobId }}>
          {label}
          {badges[label] ?? null}
        </Link>
      ))}
    </nav>
  );
}

/** By the label of the view. */
function useBadges(jobId: string): Partial<Record<JobViewLabel, ReactNode>> {
  const lag = useJob(({ latest }) => lagText(latest?.watermarkLag ?? null));
  const newest = useCheckpointsShown(jobId)[0]?.id;
  const failures = useExceptionsShown(jobId).entries?.length ?? 0;
  return {
    ...(newest === undefined ? {} : { Checkpoints: <span>#{newest}</span> }),
    ...(lag === '' ? {} : { 'Watermarks & lag': <span className="tone-warn">{lag}</span> }),
    ...(failures === 0 ? {} : { Exceptions: <span className="tone-warn">{failures}</span> }),
  };
}

/** '' while it is no news. As text, since a lag moves with every tick and the tabs need not. */
function lagText(lag: number | null): string {
  return lag === null || lag < LAG_WARN_MS ? '' : figureText(durationFigure(lag));
}
