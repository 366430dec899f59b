/** How far event time is behind at a vertex. */
import type { JobTick, VertexTick } from '@weir/console-protocol';

/**
 * The job's lag belongs to its lowest watermark, which the sinks hold: their sum is the newest
 * event time, and a vertex lags behind it by what its own watermark is short of it.
 */
export function vertexLag(tick: JobTick, vertex: VertexTick | null): number | null {
  if (vertex === null || vertex.watermark === null) return null;
  if (tick.watermark === null || tick.watermarkLag === null) return null;
  return Math.max(0, tick.watermark + tick.watermarkLag - vertex.watermark);
}

/** Watermarks in place become how far they are behind the newest event time. */
export function lagsOf({ watermark, watermarkLag }: JobTick, watermarks: Float64Array): void {
  const newest =
    watermark === null || watermarkLag === null ? Number.NaN : watermark + watermarkLag;
  for (let at = 0; at < watermarks.length; at++) {
    watermarks[at] = Math.max(0, newest - watermarks[at]!);
  }
}
