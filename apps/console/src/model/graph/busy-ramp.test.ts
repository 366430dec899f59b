import { expect, test } from 'vitest';
import { busyBarColour, busyColour, channelColour } from './busy-ramp.ts';
import { edgeWidth, flowSeconds } from './edge-look.ts';

test('a node takes the nearest stop and its ink', () => {
  expect(busyColour(0.21)).toEqual({ fill: 'var(--busy-20)', ink: 'var(--busy-ink-20)' });
  expect(busyColour(1.4)).toEqual({ fill: 'var(--busy-100)', ink: 'var(--busy-ink-100)' });
  expect(busyColour(null).fill).toBe('var(--busy-0)');
});

test('a bar is amber until 80 %, then it follows the ramp', () => {
  expect(busyBarColour(0.79)).toBe('var(--busy-bar)');
  expect(busyBarColour(0.88)).toBe('var(--busy-90)');
});

test('an edge darkens as its channel fills', () => {
  expect(channelColour(0.96)).toBe('var(--fill-100)');
  expect(channelColour(null)).toBe('var(--fill-0)');
});

test('width grows with the logarithm of the rate', () => {
  expect(edgeWidth(0)).toBe(1.2);
  expect(edgeWidth(12_900)).toBe(6.3);
  expect(edgeWidth(null)).toBe(1.2);
});

test('dashes move where records flow and stand where the channel is full', () => {
  expect(flowSeconds(9999, 0.1)).toBe(1.2);
  expect(flowSeconds(12_900, 0.96)).toBeNull();
  expect(flowSeconds(0, 0)).toBeNull();
  expect(flowSeconds(null, null)).toBeNull();
});
