/** How a job does, in a few words for the list: what limits it, or that nothing does. */
import type { JobSummary } from '@weir/console-protocol';
import { durationFigure, figureText } from './figures.ts';

export interface JobHealth {
  readonly tone: 'fail' | 'warn' | 'ok' | 'plain';
  readonly head: string;
  /** Which operator, and how long; '' where the head says all. */
  readonly detail: string;
}

const BY_STATE: Readonly<Record<string, JobHealth>> = {
  FAILED: { tone: 'fail', head: 'Failed', detail: 'its first cause is under Exceptions' },
  SUSPENDED: { tone: 'fail', head: 'Suspended', detail: 'the reason is under Exceptions' },
  FAILING: { tone: 'warn', head: 'A task failed', detail: '' },
  RESTARTING: { tone: 'warn', head: 'A task failed', detail: 'the job starts again' },
  FINISHED: { tone: 'plain', head: 'Finished', detail: '' },
  CANCELED: { tone: 'plain', head: 'Canceled', detail: '' },
  CANCELLING: { tone: 'plain', head: 'Ends', detail: '' },
};

export function jobHealth(job: JobSummary, now: number): JobHealth {
  const { state, bottleneck, forming } = job;
  const byState = BY_STATE[state];
  if (byState !== undefined) return byState;
  if (state !== 'RUNNING') return { tone: 'plain', head: 'Starting', detail: '' };
  if (bottleneck != null) {
    const { name, since, until } = bottleneck;
    if (until != null) {
      return { tone: 'ok', head: 'Recovering', detail: `${name} was the bottleneck` };
    }
    const lasted = figureText(durationFigure(wholeSeconds(now - since)));
    return { tone: 'fail', head: 'Held up', detail: `${name} is the bottleneck, ${lasted}` };
  }
  if (forming != null) {
    return { tone: 'warn', head: 'At its limit', detail: `${forming.name}, may be a burst` };
  }
  if (job.recordsIn === null) return { tone: 'plain', head: 'No figures yet', detail: '' };
  const idle = job.recordsIn === 0 && (job.pendingRecords ?? 0) === 0;
  return { tone: 'ok', head: 'Healthy', detail: idle ? 'nothing to read' : '' };
}

function wholeSeconds(ms: number): number {
  return Math.floor(Math.max(0, ms) / 1000) * 1000;
}
