/**
 * How a job does, in a few words for the list: what needs someone, what limits it, or that nothing
 * does. The worst thing is said, by the order of the function.
 */
import type { JobSummary } from '@weir/console-protocol';
import { LOOP_BROKEN_MS, LOOP_FROM } from '../verdict/failure-reading.ts';
import { ageFigure, durationFigure, figureText } from '../figures/figures.ts';

export interface JobHealth {
  readonly tone: 'fail' | 'warn' | 'ok' | 'plain';
  readonly head: string;
  /** Which operator, why, how long; '' where the head says all. */
  readonly detail: string;
  /** The larger the sooner somebody should look; 0 = all is well or over. */
  readonly urgency: number;
}

/** Checkpoints that should have been completed by now. */
const OVERDUE_FROM = 3;

export function jobHealth(job: JobSummary, now: number): JobHealth {
  switch (job.state) {
    case 'FAILED':
    case 'SUSPENDED': {
      const head = job.state === 'FAILED' ? 'Failed' : 'Suspended';
      return health('fail', head, failureText(job) || 'its first cause is under Exceptions', 9);
    }
    case 'FAILING':
    case 'RESTARTING':
      return restarting(job);
    case 'FINISHED':
      return health('plain', 'Finished', `${ENDINGS[job.ending ?? 'unknown']}${lasted(job)}`, 0);
    case 'CANCELED':
      return health('plain', 'Canceled', lasted(job).replace(/^, /, ''), 0);
    case 'CANCELLING':
      return health('plain', 'Ends', '', 0);
    case 'RUNNING':
      return running(job, now);
    default:
      return health('plain', 'Starting', '', 0);
  }
}

const ENDINGS = {
  read: 'all input is read',
  stopped: 'stopped with a savepoint',
  drained: 'stopped with a savepoint, drained',
  unknown: 'all input is read',
} as const;

function restarting(job: JobSummary): JobHealth {
  const times = job.failure?.recently ?? 0;
  const text = failureText(job);
  if (times < LOOP_FROM) {
    return health('warn', 'A task failed', text || 'the job starts again', 6);
  }
  const often = `${times} times in ten minutes`;
  return health('fail', 'Restart loop', text === '' ? often : `${text}, ${often}`, 8);
}

function running(job: JobSummary, now: number): JobHealth {
  const { recently = 0, t = 0 } = job.failure ?? {};
  if (recently >= LOOP_FROM && now - t < LOOP_BROKEN_MS) return restarting(job);
  const { bottleneck } = job;
  if (bottleneck?.cause === 'stuck') {
    return health('fail', 'Stuck', `${bottleneck.name} neither reads nor writes`, 8);
  }
  const overdue = overdueText(job, now);
  if (overdue !== null) return health('fail', 'No checkpoint', overdue, 7);
  if (bottleneck != null) return limited(bottleneck, now);
  if (job.forming != null) {
    return health('warn', 'At its limit', `${job.forming.name}, may be a burst`, 2);
  }
  if (job.tasksRunning < job.tasksTotal) {
    return health('plain', 'Starting', `${job.tasksRunning} of ${job.tasksTotal} tasks run`, 1);
  }
  if (job.recordsIn === null) return health('plain', 'No figures yet', '', 0);
  const idle = job.recordsIn === 0 && (job.pendingRecords ?? 0) === 0;
  return health('ok', 'Healthy', idle ? 'nothing to read' : '', 0);
}

function limited(limit: NonNullable<JobSummary['bottleneck']>, now: number): JobHealth {
  const { name, since, until, cause, trend, severity, subject, figures } = limit;
  if (until != null) return health('ok', 'Recovering', `${name} was the bottleneck`, 1);
  const text = figureText(ageFigure(now - since));
  const because = becauseOf(cause, subject?.name);
  const going =
    trend === 'worse' ? ', getting worse' : trend === 'recovering' ? ', recovering' : '';
  const detail = `${name} ${because}, ${text}${going}`;
  if (cause === 'skew') {
    const factor = figures?.skewFactor ?? null;
    const times = factor === null ? 'more than its share' : `${Math.round(factor)}× its share`;
    return health('warn', 'Skewed', `${name}: subtask ${limit.subtask ?? '?'} takes ${times}`, 4);
  }
  if (severity === 'notice' && trend !== 'worse') {
    return health('warn', 'Steady backlog', detail, 3);
  }
  return health('fail', trend === 'worse' ? 'Falling behind' : 'Held up', detail, 5);
}

function becauseOf(
  cause: NonNullable<JobSummary['bottleneck']>['cause'],
  subject: string | undefined,
): string {
  switch (cause) {
    case 'external':
      return `waits on ${subject ?? 'something outside'}`;
    case 'queued':
      return subject === undefined ? 'waits for its thread' : `waits for ${subject} on its thread`;
    case 'gc':
      return 'collects garbage';
    case 'alignment':
      return 'waits for a late barrier';
    case 'blocked':
      return 'holds its thread in long calls';
    case 'source':
      return 'cannot read faster';
    case 'machine':
      return 'finds no free core';
    case 'state':
      return 'is busy with its state';
    default:
      return 'is the bottleneck';
  }
}

/** None was completed for several intervals. */
function overdueText({ checkpointing, lastCheckpoint }: JobSummary, now: number): string | null {
  if (checkpointing === undefined) return null;
  const { intervalMs, since, failed, usualMs } = checkpointing;
  const passed = now - since;
  // Those that usually take longer than their interval come as fast as they can.
  if (passed < OVERDUE_FROM * Math.max(intervalMs, usualMs ?? 0, 1000)) return null;
  const ago = figureText(ageFigure(passed));
  const every = figureText(durationFigure(intervalMs));
  const tried = failed === 0 ? '' : `, ${failed} failed`;
  const last = lastCheckpoint === null ? '' : ` since #${lastCheckpoint.id}`;
  return `none completed for ${ago}${last}, wanted every ${every}${tried}`;
}

function failureText({ failure }: JobSummary): string {
  if (failure === undefined) return '';
  const at = failure.operator === null ? '' : `${failure.operator}: `;
  // The operator stands before it already.
  const text = failure.text.replace(/^\S+ "[^"]*" failed( at \S+)?: /, '');
  return at + text;
}

function lasted({ startedAt, endedAt }: JobSummary): string {
  return endedAt === null ? '' : `, ran ${figureText(durationFigure(endedAt - startedAt))}`;
}

function health(tone: JobHealth['tone'], head: string, detail: string, urgency: number): JobHealth {
  return { tone, head, detail, urgency };
}
