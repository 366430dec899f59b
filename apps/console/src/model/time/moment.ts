/**
 * Which time a view shows: the present, an instant of the past, or a range of it. It stands in the
 * address as `at`, or as `from` and `to`, so that it can be shared. Times are epoch ms.
 */
export type Moment =
  | { readonly kind: 'live' }
  | { readonly kind: 'instant'; readonly at: number }
  | { readonly kind: 'range'; readonly from: number; readonly to: number };

export interface MomentSearch {
  readonly at?: number | undefined;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

export const LIVE: Moment = { kind: 'live' };

/** What an address says; what makes no sense is the present. */
export function momentOf(search: Readonly<Record<string, unknown>>): Moment {
  const at = time(search.at);
  if (at !== null) return { kind: 'instant', at };
  const [from, to] = [time(search.from), time(search.to)];
  if (from === null || to === null || from === to) return LIVE;
  return { kind: 'range', from: Math.min(from, to), to: Math.max(from, to) };
}

/** A moment that is still to come is the present; a range ends there. @param now epoch ms. */
export function untilNow(moment: Moment, now: number): Moment {
  switch (moment.kind) {
    case 'live':
      return moment;
    case 'instant':
      return moment.at > now ? LIVE : moment;
    case 'range':
      if (moment.to <= now) return moment;
      return moment.from < now ? { ...moment, to: now } : LIVE;
  }
}

/** The moment's part of an address; what does not belong to it is named, so that it goes away. */
export function momentSearch(moment: Moment): MomentSearch {
  const none = { at: undefined, from: undefined, to: undefined };
  if (moment.kind === 'instant') return { ...none, at: Math.round(moment.at) };
  if (moment.kind === 'live') return none;
  return { ...none, from: Math.round(moment.from), to: Math.round(moment.to) };
}

function time(value: unknown): number | null {
  const number = typeof value === 'string' && value !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) && number > 0 ? number : null;
}
