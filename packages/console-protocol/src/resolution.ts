/** How far a number of the history may be from the one that was shown live. */
import { z } from 'zod';

/**
 * Event times, and the time of each tick, are exact. Ratios differ by at most `ratio`. All others
 * (rates, lags, counts, bytes) are exact to one unit (a rate: 0.1) up to `exactUnits` units, and
 * differ by at most their `relative` part above.
 */
export const resolution = z.object({
  ratio: z.number(),
  relative: z.number(),
  exactUnits: z.number(),
});
export type Resolution = z.infer<typeof resolution>;
