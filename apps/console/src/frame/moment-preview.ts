/**
 * The moment under the pointer while somebody scrubs: shown at once, before it is in the address,
 * which takes no more than a few changes a second. One at a time; null = nobody scrubs.
 */
import type { Moment } from '../model/time/moment.ts';

let preview: Moment | null = null;
const listeners = new Set<() => void>();

export function currentPreview(): Moment | null {
  return preview;
}

export function subscribePreview(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function setPreview(next: Moment | null): void {
  preview = next;
  for (const listener of listeners) listener();
}
