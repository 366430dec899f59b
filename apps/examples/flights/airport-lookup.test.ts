import type { RichFunction, RuntimeContext } from '@weir/core';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { AirportLookup } from './airport-lookup.ts';
import type { Flight } from './flight.ts';

// Starting a database takes seconds, and many of them on a machine that is busy.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const flight = (origin: string): Flight => ({
  id: 1,
  dateMs: 0,
  delay: 0,
  distance: 0,
  origin,
  destination: 'JFK',
});

const single = new AirportLookup(1, 0);
const batched = new AirportLookup(100, 0);
beforeAll(async () => {
  const context = {} as RuntimeContext;
  await Promise.all([single, batched].map((lookup) => (lookup as RichFunction).open?.(context)));
});
afterAll(async () => {
  await Promise.all([single.close(), batched.close()]);
});

it('asks PostgreSQL where each flight began, alone or together with others', async () => {
  const origins = Array.from({ length: 300 }, (_, i) => ['ORD', 'ATL', '???'][i % 3]!);
  for (const lookup of [single, batched]) {
    const answers = await Promise.all(origins.map((o) => lookup.asyncInvoke(flight(o))));
    expect(answers.map((a) => a.origin)).toEqual(origins);
    expect(answers.slice(0, 3).map((a) => [a.city, a.state])).toEqual([
      ['Chicago', 'IL'],
      ['Atlanta', 'GA'],
      ['unknown', ''],
    ]);
  }
});

it('tells the request when the database fails', async () => {
  const closed = new AirportLookup(1, 0);
  await expect(closed.asyncInvoke(flight('ORD'))).rejects.toThrow(
    'the look-up of an airport in PostgreSQL failed: the look-up is not open',
  );
});
