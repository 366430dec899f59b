import { keyedProcessFactory } from '@weir/runtime';
import { OperatorHarness } from '@weir/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { DelayCascade } from './delay-cascade.ts';
import type { EnrichedFlight } from './flight.ts';

const HOUR = 3_600_000;

const cascades = () =>
  keyedProcessFactory({
    fn: new DelayCascade(),
    keySelector: (flight: EnrichedFlight) => flight.origin,
    keyType: null,
  });

let harness: OperatorHarness;
beforeEach(async () => {
  harness = await OperatorHarness.open(cascades());
});

async function flights(count: number, atMs: number, delay = 60, destinations = 8): Promise<void> {
  for (let i = 0; i < count; i++) {
    const flight: EnrichedFlight = {
      id: i,
      dateMs: atMs,
      delay,
      distance: 500,
      origin: 'ORD',
      destination: `D${i % destinations}`,
      airport: "O'Hare",
      city: 'Chicago',
      state: 'IL',
    };
    await harness.process(flight, atMs);
  }
}

describe('delays that cascade', () => {
  it('raise one alert per wave, at the flight that makes it one', async () => {
    await flights(11, HOUR);
    expect(harness.values).toEqual([]);
    await flights(20, HOUR);
    await flights(20, 2 * HOUR);
    await flights(20, 3 * HOUR);
    expect(harness.values).toEqual([
      {
        origin: 'ORD',
        airport: "O'Hare",
        city: 'Chicago',
        hour: '1970-01-01T01:00:00.000Z',
        delayedFlights: 12,
        destinations: 8,
        worstDelay: 60,
      },
    ]);
    await flights(20, 6 * HOUR);
    expect(harness.values).toHaveLength(2);
  });

  it('need bad delays, and many places', async () => {
    await flights(50, HOUR, 44);
    await flights(50, 2 * HOUR, 300, 7);
    expect(harness.values).toEqual([]);
  });

  it('are counted over a restore, and forgotten when their hour is over', async () => {
    await flights(11, HOUR);
    harness = await OperatorHarness.open(cascades(), { state: await harness.snapshot(1) });
    await flights(1, HOUR);
    expect(harness.values).toHaveLength(1);

    await flights(11, 9 * HOUR);
    await harness.watermark(10 * HOUR);
    await flights(20, 9 * HOUR);
    expect(harness.values).toHaveLength(1);
  });
});
