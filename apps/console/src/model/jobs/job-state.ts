/** What a job's or task's state looks like: a shape and a tone beside the word. */
export type StateTone = 'run' | 'change' | 'fail' | 'done' | 'cancel';

const TONES: Readonly<Record<string, StateTone>> = {
  RUNNING: 'run',
  COMPLETED: 'run',
  FAILED: 'fail',
  FAILING: 'fail',
  FINISHED: 'done',
  CANCELED: 'cancel',
  SUSPENDED: 'cancel',
};

export function stateTone(state: string): StateTone {
  return TONES[state] ?? 'change';
}

const TERMINAL = new Set(['FAILED', 'CANCELED', 'FINISHED']);

/** True once a job can never run again. */
export function isTerminal(state: string): boolean {
  return TERMINAL.has(state);
}

/** True when nothing of the job runs: it has ended, or waits for someone to start it anew. */
export function standsStill(state: string): boolean {
  return isTerminal(state) || state === 'SUSPENDED';
}
