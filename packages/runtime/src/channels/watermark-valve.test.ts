import { MAX_WATERMARK, MIN_TIMESTAMP } from '@weir/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { GateEvent } from './contracts.ts';
import { WatermarkValve } from './watermark-valve.ts';

function valve(channels: number) {
  const out: GateEvent[] = [];
  const inner = new WatermarkValve(channels);
  return {
    watermark: (channel: number, timestampMs: number) => inner.watermark(channel, timestampMs, out),
    status: (channel: number, idle: boolean) => inner.status(channel, idle, out),
    take: () =>
      out
        .splice(0)
        .map((event) =>
          event.kind === 'watermark' ? event.timestampMs : event.kind === 'status' && event.idle,
        ),
  };
}

describe('watermark valve', () => {
  test('passes the minimum, and only when it advances', () => {
    const { watermark, take } = valve(2);
    watermark(0, 5);
    expect(take()).toEqual([]);
    watermark(1, 3);
    expect(take()).toEqual([3]);
    watermark(1, 9);
    expect(take()).toEqual([5]);
    watermark(1, 12);
    expect(take()).toEqual([]);
    watermark(0, MAX_WATERMARK);
    expect(take()).toEqual([12]);
  });

  test('an idle channel holds nothing back', () => {
    const { watermark, status, take } = valve(2);
    watermark(0, 7);
    status(1, true);
    expect(take()).toEqual([7]);
  });

  test('a channel that is active again counts once it has caught up', () => {
    const { watermark, status, take } = valve(2);
    watermark(0, 10);
    watermark(1, 4);
    status(1, true);
    expect(take()).toEqual([4, 10]);
    status(1, false);
    watermark(0, 20);
    expect(take()).toEqual([20]);
    watermark(1, 21);
    expect(take()).toEqual([]);
    watermark(0, 30);
    expect(take()).toEqual([21]);
  });

  test('all idle: what the others had reached comes out, then the status', () => {
    const { watermark, status, take } = valve(2);
    watermark(0, 10);
    watermark(1, 4);
    status(0, true);
    status(1, true);
    expect(take()).toEqual([4, 10, true]);
    status(1, false);
    expect(take()).toEqual([false]);
  });

  test('a watermark that goes back is our bug', () => {
    const { watermark } = valve(1);
    watermark(0, 10);
    expect(() => watermark(0, 9)).toThrow('a watermark went back');
  });

  test('never regresses, and never passes an active channel that was never idle', () => {
    const step = fc.record({
      channel: fc.integer({ min: 0, max: 2 }),
      advance: fc.integer({ min: 0, max: 5 }),
      idle: fc.option(fc.boolean()),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const inner = new WatermarkValve(4);
        const out: GateEvent[] = [];
        const at = [0, 0, 0, 0];
        let steadyMs = MIN_TIMESTAMP;
        let lastMs = MIN_TIMESTAMP;
        for (const { channel, advance, idle } of steps) {
          if (idle === null) {
            at[channel]! += advance;
            inner.watermark(channel, at[channel]!, out);
            steadyMs = Math.max(steadyMs, at[channel]! - 3);
            inner.watermark(3, steadyMs, out);
          } else inner.status(channel, idle, out);
          for (const event of out.splice(0)) {
            if (event.kind !== 'watermark') continue;
            expect(event.timestampMs).toBeGreaterThan(lastMs);
            expect(event.timestampMs).toBeLessThanOrEqual(steadyMs);
            lastMs = event.timestampMs;
          }
        }
      }),
    );
  });
});
