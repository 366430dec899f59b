/** What can be done with a job in a state, and why not. */
import { isTerminal } from '../jobs/job-state.ts';

export interface PossibleActions {
  /** Savepoint, stop with savepoint. */
  readonly snapshot: boolean;
  readonly cancel: boolean;
  /** Restart and rescale. */
  readonly rerun: boolean;
  /** Why what is not possible is not; undefined when all is. */
  readonly why: string | undefined;
}

/** Nobody types a longer one, and nobody could type an empty one. */
const NAME_LENGTH_MAX = 40;

/** What is typed to confirm a cancel: the job's name, or the first part of its id. */
export function cancelWord(name: string, jobId: string): string {
  const word = name.trim().replace(/\s+/g, ' ');
  return word === '' || word.length > NAME_LENGTH_MAX ? jobId.slice(0, 8) : word;
}

/** States from which a job can be stopped and started again. */
export function possibleActions(state: string): PossibleActions {
  const over = isTerminal(state);
  const runs = state === 'RUNNING';
  const rerun = runs || over || state === 'SUSPENDED';
  return {
    snapshot: runs,
    cancel: !over && state !== 'CANCELLING',
    rerun,
    why: runs || over ? undefined : `Not while the job is ${state}`,
  };
}
