/** The records of all benchmarks on objects: five fields, two of them strings. */
export interface Order {
  readonly id: number;
  readonly user: string;
  readonly cents: number;
  readonly timeMs: number;
  readonly shop: string;
}

/** Coprime to every number of keys in use: neighbours differ, each key comes equally often. */
const STRIDE = 7919;
const START_MS = 1_700_000_000_000;

/** `user-1000000` and so on; built once, as the fields of parsed records would be. */
export function userNames(keys: number): readonly string[] {
  return Array.from({ length: keys }, (_, key) => `user-${1_000_000 + key}`);
}

/** `recordsPerSecond` is in event time. */
export function orderAt(id: number, users: readonly string[], recordsPerSecond: number): Order {
  return orderOf(id, users, START_MS + Math.floor((id * 1000) / recordsPerSecond));
}

export function orderOf(id: number, users: readonly string[], timeMs: number): Order {
  const user = users[(id * STRIDE) % users.length]!;
  return { id, user, cents: id % 1000, timeMs, shop: 'north' };
}
