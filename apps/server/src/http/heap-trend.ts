/** When a heap that grows meets its limit. Pure. */
import { slopeOf } from '@weir/console-protocol';

export interface HeapPoint {
  readonly t: number;
  readonly bytes: number;
}

export interface HeapEnd {
  /** Epoch ms. */
  readonly at: number;
  readonly bytesPerMinute: number;
}

/** What the collector leaves shows only over a while. */
const WINDOW_MS = 60_000;
const WINDOWS_MIN = 4;
/** A heap that was just cleared says nothing about its end. */
const FULL_FROM = 0.1;
/** Farther away is not a forecast. */
const HORIZON_MS = 24 * 3_600_000;
const SECOND_MS = 1000;
const MINUTE_MS = 60_000;

/**
 * By the lowest of each minute, since the last time that it fell by a third: null unless these rise
 * nearly all the time, and meet the limit within a day.
 */
export function heapEnd(points: readonly HeapPoint[], limitBytes: number): HeapEnd | null {
  const floors = sinceFall(floorsOf(points));
  if (floors.length < WINDOWS_MIN) return null;
  const rises = floors.slice(1).filter((point, at) => point.bytes > floors[at]!.bytes).length;
  if (rises < 0.75 * (floors.length - 1)) return null;
  const [first, last] = [floors[0]!, floors.at(-1)!];
  const trend = slopeOf(floors.map(({ t, bytes }) => ({ t, size: bytes })));
  const perMs = (trend?.perSecond ?? 0) / SECOND_MS;
  if (perMs <= 0 || last.bytes < limitBytes * FULL_FROM) return null;
  // Less than a tenth more is noise of what happens to be in it.
  if (last.bytes < first.bytes * 1.1) return null;
  const at = last.t + (limitBytes - last.bytes) / perMs;
  if (at - last.t > HORIZON_MS) return null;
  return { at, bytesPerMinute: perMs * MINUTE_MS };
}

function floorsOf(points: readonly HeapPoint[]): HeapPoint[] {
  const windows = Map.groupBy(points, ({ t }) => Math.floor(t / WINDOW_MS));
  return [...windows.values()].map((window) =>
    window.reduce((lowest, point) => (point.bytes < lowest.bytes ? point : lowest)),
  );
}

function sinceFall(floors: readonly HeapPoint[]): readonly HeapPoint[] {
  const at = floors.findLastIndex(
    ({ bytes }, index) => index > 0 && bytes < floors[index - 1]!.bytes * 0.67,
  );
  return at < 0 ? floors : floors.slice(at);
}
