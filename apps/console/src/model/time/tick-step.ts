/**
 * The resolution of kept ticks: what is recent is kept by the second, what is older as means of ten
 * seconds and of a minute. All in ms.
 */
export const SECOND_MS = 1000;
export const TEN_SECONDS_MS = 10_000;
export const MINUTE_MS = 60_000;

/** Nothing is known of a time that no tick reaches. */
export function reachMs(step: number): number {
  return step === SECOND_MS ? 3.5 * SECOND_MS : 2 * step;
}

/** The resolution of the tick at `index`, by its distance from its neighbours. */
export function stepAt(times: readonly { readonly t: number }[], index: number): number {
  const t = times[index]?.t ?? Number.NaN;
  const before = t - (times[index - 1]?.t ?? Number.NaN);
  const after = (times[index + 1]?.t ?? Number.NaN) - t;
  const apart = Math.min(before || after || 0, after || before || 0);
  if (apart < TEN_SECONDS_MS / 2) return SECOND_MS;
  return apart < MINUTE_MS / 2 ? TEN_SECONDS_MS : MINUTE_MS;
}

/** `1 s`, `10 s`, `1 min`: as a page states it. */
export function stepText(step: number): string {
  return step >= MINUTE_MS ? '1\u202fmin' : `${Math.round(step / SECOND_MS)}\u202fs`;
}
