/** Which dialog of which job is open; the header's buttons and the command palette open them. */
import type { Deployment } from '@weir/console-protocol';

export type JobAction = 'savepoint' | 'stop' | 'restart' | 'rescale' | 'cancel';

export interface OpenAction {
  readonly jobId: string;
  readonly action: JobAction;
  /** A restart from this savepoint. */
  readonly from?: string;
  /** A restart of an earlier version. */
  readonly back?: Deployment;
}

let open: OpenAction | null = null;
const listeners = new Set<() => void>();

export function openAction(): OpenAction | null {
  return open;
}

export function subscribeAction(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function setAction(next: OpenAction | null): void {
  open = next;
  for (const listener of listeners) listener();
}
