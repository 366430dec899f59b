/** The server's time as it goes on, once a second, for ages. Epoch ms. */
import { useSyncExternalStore } from 'react';
import { serverClock } from '../live/server-clock.ts';

let now = serverClock.now();
let timer: ReturnType<typeof setInterval> | null = null;
const listeners = new Set<() => void>();

export function useNow(): number {
  return useSyncExternalStore(subscribe, () => now);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  if (timer === null) {
    now = serverClock.now();
    timer = setInterval(tick, 1000);
  }
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0 || timer === null) return;
    clearInterval(timer);
    timer = null;
  };
}

function tick(): void {
  now = serverClock.now();
  for (const listener of listeners) listener();
}
