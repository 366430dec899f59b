import { createHash } from 'node:crypto';
import { describe, expect, it, vi } from 'vitest';
import type { Flight } from './flight.ts';
import { FlightRecording } from './flight-recording.ts';
import { dataFile } from './services.ts';

// All three million rows, and many starts in between.
vi.setConfig({ testTimeout: 120_000 });

const recording = new FlightRecording(dataFile('flights-3m.parquet'));

/** The first `count` flights from `fromIndex` on, and the index of the first of them. */
async function flightsFrom(fromIndex: number, count: number) {
  const reader = await recording.open(fromIndex);
  const flights: Flight[] = [];
  let firstIndex: number | null = null;
  for (let block = await reader.next(); block !== null; block = await reader.next()) {
    firstIndex ??= block.firstIndex;
    for (let i = 0; i < block.times.length && flights.length < count; i++) {
      flights.push(block.event(i));
    }
    if (flights.length === count) break;
  }
  await reader.close();
  return { flights, firstIndex };
}

describe('three million flights', () => {
  it('come in the order in which they landed, ties by row', async () => {
    const reader = await recording.open(0);
    const hash = createHash('sha256');
    let events = 0;
    let latestMs = Number.NEGATIVE_INFINITY;
    for (let block = await reader.next(); block !== null; block = await reader.next()) {
      expect(block.firstIndex).toBe(events);
      const rows = new Uint32Array(block.times.length);
      for (let i = 0; i < rows.length; i++) rows[i] = block.event(i).id;
      hash.update(new Uint8Array(rows.buffer));
      expect(block.times[0]).toBeGreaterThanOrEqual(latestMs);
      latestMs = block.times.at(-1)!;
      events += rows.length;
    }
    await reader.close();
    expect(events).toBe(3_000_000);
    expect(recording.count).toBe(3_000_000);
    expect(new Date(latestMs).toISOString()).toBe('2001-07-01T06:31:15.000Z');
    expect(hash.digest('hex')).toBe(
      'a2354abae336adc68952ea5dcdd20c4ba507ed4915e16f108420b2bab86fea83',
    );
  });

  it('can be started anywhere, also where a row group begins', async () => {
    for (const start of [0, 272_000]) {
      const { flights } = await flightsFrom(start, 6000);
      for (const offset of [0, 1, 727, 728, 5990]) {
        const resumed = await flightsFrom(start + offset, 10);
        expect(resumed.firstIndex).toBe(start + offset);
        expect(resumed.flights).toEqual(flights.slice(offset, offset + 10));
      }
    }
  });

  it('end where they end', async () => {
    const { flights } = await flightsFrom(2_999_995, 10);
    expect(flights.map((flight) => flight.id)).toEqual([
      2999927, 2997356, 2999086, 2999952, 2999781,
    ]);
    expect((await flightsFrom(3_000_000, 1)).flights).toEqual([]);
  });
});
