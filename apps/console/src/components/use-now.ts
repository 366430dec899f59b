/** The server's time as it goes on, once a second, for ages. Epoch ms. */
import { useLiveData, useSelected } from '../live/use-live.ts';

export function useNow(): number {
  return useNowAs((now) => now);
}

/**
 * What `select` makes of the time: whoever shows it renders only when that is something else.
 *
 * @param key names what `select` closes over.
 */
export function useNowAs<T>(select: (now: number) => T, key: unknown = null): T {
  return useSelected(useLiveData().clock, ({ now }) => select(now), key);
}
