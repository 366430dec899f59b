/** How far a number of the history may be from the one that was shown live. */
import { z } from 'zod';

/**
 * Event times, and the time of each tick, are exact. Ratios differ by at most `ratio`. All others
 * differ by at most `relative` times themselves, or by `units` units where that is more; a unit is
 * 0.1 of a rate, and 1 of lags in ms, counts and bytes.
 */
export const resolution = z.object({
  ratio: z.number(),
  relative: z.number(),
  units: z.number(),
});
export type Resolution = z.infer<typeof resolution>;
