/** Where two values differ by more than a resolution allows. */
import type { Resolution } from '@weir/console-protocol';

const RATIOS = new Set([
  ...['busy', 'busyMean', 'running', 'queued', 'external', 'idle', 'fill'],
  ...['backpressured', 'backpressuredMax', 'backpressuredMean'],
]);
const RATES = new Set([
  ...['recordsIn', 'recordsOut', 'recordsInMax', 'bytesIn', 'bytesOut', 'sinkRecords'],
  ...['recordsPerSecond', 'bytesPerSecond'],
]);
const EXACT = new Set(['t', 'watermark', 'since', 'until']);

/** Paths of numbers that are too far apart, and of all else that is not the same. */
export function differences(
  expected: unknown,
  actual: unknown,
  resolution: Resolution,
  path: readonly string[] = [],
): string[] {
  if (typeof expected === 'number' && typeof actual === 'number') {
    const allowed = allowance(path.at(-1) ?? '', expected, resolution);
    if (Math.abs(expected - actual) <= allowed) return [];
  } else if (isObject(expected) && isObject(actual)) {
    const names = new Set([...Object.keys(expected), ...Object.keys(actual)]);
    return [...names].flatMap((name) =>
      differences(expected[name], actual[name], resolution, [...path, name]),
    );
  } else if ((expected ?? null) === (actual ?? null)) {
    return [];
  }
  return [`${path.join('.')}: ${JSON.stringify(expected)} became ${JSON.stringify(actual)}`];
}

function allowance(name: string, value: number, { ratio, relative, units }: Resolution): number {
  if (EXACT.has(name)) return 0;
  const rounding = 1e-9 + Math.abs(value) * 1e-6;
  if (RATIOS.has(name)) return ratio + rounding;
  const unit = RATES.has(name) ? 0.1 : 1;
  return Math.max(units * unit, Math.abs(value) * relative) + rounding;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
