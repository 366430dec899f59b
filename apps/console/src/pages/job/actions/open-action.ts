/** Which dialog of which job is open; the header's buttons and the command palette open them. */
export type JobAction = 'savepoint' | 'stop' | 'restart' | 'rescale' | 'cancel';

export interface OpenAction {
  readonly jobId: string;
  readonly action: JobAction;
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
