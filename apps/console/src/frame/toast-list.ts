/**
 * Progress and results of what the user started. A result stays until it is closed.
 *
 * Invariant: at most six toasts; the oldest finished one makes room.
 */
import type { Stage } from '../model/operate/rerun-stages.ts';

export interface Toast {
  readonly id: number;
  readonly tone: 'progress' | 'done' | 'failed';
  readonly title: string;
  readonly text: string;
  /** 0…1 while it is known. */
  readonly progress: number | null;
  /** A path worth copying. */
  readonly path: string | null;
  /** Of an operation with several parts: which are over, and which is under way. */
  readonly stages: readonly Stage[];
  /** What can be done next. */
  readonly steps: readonly ToastStep[];
}

export interface ToastStep {
  readonly label: string;
  readonly run: () => void;
}

const TOASTS_MAX = 6;

let toasts: readonly Toast[] = [];
let lastId = 0;
const listeners = new Set<() => void>();

export function currentToasts(): readonly Toast[] {
  return toasts;
}

export function subscribeToasts(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Shows a new toast; the answer changes it from then on. */
export function showToast(title: string, text: string): (change: Partial<Toast>) => void {
  const id = ++lastId;
  publish([
    ...toasts,
    { id, tone: 'progress', title, text, progress: null, path: null, stages: [], steps: [] },
  ]);
  return (change) => {
    publish(toasts.map((toast) => (toast.id === id ? { ...toast, ...change, id } : toast)));
  };
}

export function closeToast(id: number): void {
  publish(toasts.filter((toast) => toast.id !== id));
}

function publish(next: readonly Toast[]): void {
  const over = next.length - TOASTS_MAX;
  const finished = next.find(({ tone }) => tone !== 'progress');
  toasts = over > 0 && finished !== undefined ? next.filter((t) => t !== finished) : next;
  for (const listener of listeners) listener();
}
