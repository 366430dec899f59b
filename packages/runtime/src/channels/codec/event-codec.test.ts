import { MAX_WATERMARK, MIN_TIMESTAMP } from '@weir/core';
import { expect, test } from 'vitest';
import { eventBytes, readEvent, type StreamEvent, writeEvent } from './event-codec.ts';
import { Memory } from './memory.ts';

const EVENTS: readonly StreamEvent[] = [
  { kind: 'watermark', timestampMs: 1.7e12 },
  { kind: 'watermark', timestampMs: MAX_WATERMARK },
  { kind: 'watermark', timestampMs: MIN_TIMESTAMP },
  { kind: 'status', idle: true },
  { kind: 'status', idle: false },
  { kind: 'endOfInput' },
  { kind: 'latencyMarker', markedAtMs: 12.5, operatorId: 'quelle-é', subtask: 3 },
  ...(['checkpoint', 'savepoint', 'stop', 'drain', 'final'] as const).map((checkpointType) => ({
    kind: 'barrier' as const,
    checkpointId: 2 ** 40,
    triggeredAtMs: 1.7e12,
    checkpointType,
  })),
];

test('every event arrives as it left and takes the bytes it says', () => {
  const memory = Memory.allocate(256);
  for (const event of EVENTS) {
    memory.bytes.fill(0xaa);
    writeEvent(memory, 64, event);
    expect(readEvent(memory, 64)).toEqual(event);
    expect(eventBytes(event) % 8).toBe(0);
    expect(memory.bytes.subarray(64 + eventBytes(event)).every((byte) => byte === 0xaa)).toBe(true);
  }
});
