/** What lies over every page: the command palette or the list of shortcuts; one at a time. */
export type Overlay = 'palette' | 'shortcuts' | null;

let overlay: Overlay = null;
const listeners = new Set<() => void>();

export function currentOverlay(): Overlay {
  return overlay;
}

export function subscribeOverlay(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function setOverlay(next: Overlay): void {
  overlay = next;
  for (const listener of listeners) listener();
}
