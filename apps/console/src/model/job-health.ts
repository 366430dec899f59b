/** How a job does, in a few words for the list: what limits it, or that nothing does. */
import type { JobSummary } from '@weir/console-protocol';
import { durationFigure, figureText } from './figures.ts';

export interface JobHealth {
  /** A tone class, or '' for what is neutral. */
  readonly tone: string;
  /** The operator that is meant. */
  readonly subject: string | null;
  readonly text: string;
}

const BY_STATE: Readonly<Record<string, JobHealth>> = {
  FAILED: { tone: 'tone-fail', subject: null, text: 'Failed' },
  SUSPENDED: { tone: 'tone-fail', subject: null, text: 'Suspended' },
  FAILING: { tone: 'tone-warn', subject: null, text: 'A task failed' },
  RESTARTING: { tone: 'tone-warn', subject: null, text: 'A task failed; it starts again' },
  FINISHED: { tone: '', subject: null, text: 'Read to the end' },
  CANCELED: { tone: '', subject: null, text: 'Canceled' },
  CANCELLING: { tone: '', subject: null, text: 'Ends' },
};

export function jobHealth(job: JobSummary, now: number): JobHealth {
  const { state, bottleneck, forming } = job;
  const over = BY_STATE[state];
  if (over !== undefined) return over;
  if (state !== 'RUNNING') return plain('Starting');
  if (bottleneck != null) {
    const { name, since, until } = bottleneck;
    if (until != null) return plain(' was the bottleneck', name);
    const lasted = figureText(durationFigure(wholeSeconds(now - since)));
    return { tone: 'tone-fail', subject: name, text: ` is the bottleneck, ${lasted}` };
  }
  if (forming != null) {
    return { tone: 'tone-warn', subject: forming.name, text: ' is at its limit' };
  }
  if (job.recordsIn === null) return plain('No figures yet');
  const idle = job.recordsIn === 0 && (job.pendingRecords ?? 0) === 0;
  return plain(idle ? 'Healthy, nothing to read' : 'Healthy');
}

function plain(text: string, subject: string | null = null): JobHealth {
  return { tone: '', subject, text };
}

function wholeSeconds(ms: number): number {
  return Math.floor(Math.max(0, ms) / 1000) * 1000;
}
