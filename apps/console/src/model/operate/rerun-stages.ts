/**
 * A restart step by step, as far as it is known: how the old job stops, and how the new one comes
 * to life. Pure: `follow-rerun` feeds it what it reads.
 */
import type { Checkpoint, JobDetails } from '@weir/flink-rest';
import { durationFigure, figureText } from '../figures/figures.ts';
import { isTerminal } from '../jobs/job-state.ts';

export interface Stage {
  readonly text: string;
  readonly state: 'done' | 'now' | 'next' | 'failed';
}

export type StopKind = 'savepoint' | 'cancel' | null;

/** Of Flink's job details what is looked at. */
export interface StartedJob extends Pick<JobDetails, 'state'> {
  readonly vertices: readonly Pick<JobDetails['vertices'][number], 'parallelism' | 'tasks'>[];
}

export interface RerunSeen {
  /** Newest first; of the job that is stopped. */
  readonly checkpoints: readonly Checkpoint[];
  /** The savepoint that stopped it was triggered at or after this, epoch ms. */
  readonly since: number;
  /** The request was answered: the new job exists. */
  readonly started: boolean;
  readonly next: StartedJob | null;
}

/** The new job's subtasks that run, of all. */
export function runningOf({ vertices }: StartedJob): {
  readonly done: number;
  readonly all: number;
} {
  let done = 0;
  let all = 0;
  for (const { parallelism, tasks } of vertices) {
    all += parallelism;
    done += (tasks.RUNNING ?? 0) + (tasks.FINISHED ?? 0);
  }
  return { done, all };
}

/** All its subtasks run, or it is over already. */
export function isUp(next: StartedJob): boolean {
  const { done, all } = runningOf(next);
  return isTerminal(next.state) || (all > 0 && done >= all);
}

export function rerunStages(stop: StopKind, seen: RerunSeen): Stage[] {
  const stopped = seen.started;
  const stages = stop === null ? [] : [stopStage(stop, seen)];
  stages.push(startStage(seen, stopped || stop === null));
  return stages;
}

function stopStage(
  stop: 'savepoint' | 'cancel',
  { checkpoints, since, started }: RerunSeen,
): Stage {
  const state = started ? 'done' : 'now';
  if (stop === 'cancel') return { state, text: started ? 'Stopped by a cancel' : 'Canceling' };
  const point = checkpoints.find(
    (one) => one.checkpoint_type === 'SYNC_SAVEPOINT' && one.trigger_timestamp >= since,
  );
  if (point === undefined)
    return { state, text: started ? 'Stopped with a savepoint' : 'Savepoint' };
  const took = figureText(durationFigure(point.end_to_end_duration));
  if (started || point.status === 'COMPLETED') {
    const text = `Savepoint #${point.id}, ${took}${started ? '; stopped' : '; stopping'}`;
    return { state, text };
  }
  const { num_acknowledged_subtasks: done, num_subtasks: all } = point;
  return { state, text: `Savepoint, ${done} of ${all} subtasks acknowledged` };
}

function startStage({ next }: RerunSeen, begins: boolean): Stage {
  if (next === null) return { state: begins ? 'now' : 'next', text: 'Starting as a new job' };
  const { done, all } = runningOf(next);
  if (next.state === 'FAILED') return { state: 'failed', text: 'Started, and failed' };
  if (isUp(next)) return { state: 'done', text: `Started, all ${all} subtasks run` };
  return { state: 'now', text: `Starting, ${done} of ${all} subtasks run` };
}
