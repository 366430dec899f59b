/** Whether a job could go on from a savepoint, in words. */
import type { SavepointEntry } from '@weir/console-protocol';

export interface SavepointFit {
  readonly tone: 'ok' | 'warn' | 'plain';
  readonly text: string;
  readonly detail: string;
}

export function savepointFit({ type, misfit, jobState, neededBy }: SavepointEntry): SavepointFit {
  if (misfit !== null) return { tone: 'warn', text: 'does not fit its job', detail: misfit };
  if (type === 'drain') {
    const detail = 'its job was drained: windows have fired, do not go on from it';
    return { tone: 'warn', text: 'event time has ended', detail };
  }
  const needy = neededBy[0];
  if (needy !== undefined) {
    const detail = `${needy.name} has no checkpoint of its own yet`;
    return { tone: 'ok', text: 'fits, and is needed', detail };
  }
  if (jobState === null)
    return { tone: 'plain', text: 'not known', detail: 'its job is forgotten' };
  return { tone: 'ok', text: 'fits its job', detail: '' };
}

/** The folder's own name. */
export function nameOfPath(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
