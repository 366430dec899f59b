/** Several ticks as one of a coarser resolution: peaks stay peaks, rates become means. */
import type { EdgeTick, JobTick, OperatorTick, VertexTick } from '@weir/console-protocol';

/** @param ticks of one topology, oldest first, at least one. */
export function mergeTicks(ticks: readonly JobTick[]): JobTick {
  const last = ticks.at(-1)!;
  const named = ticks.filter((tick) => tick.bottleneck != null).at(-1);
  return {
    ...last,
    t: ticks[0]!.t,
    recordsIn: mean(ticks, (tick) => tick.recordsIn),
    recordsOut: mean(ticks, (tick) => tick.recordsOut),
    watermarkLag: highest(ticks, (tick) => tick.watermarkLag),
    vertices: last.vertices.map((vertex, i) =>
      mergeVertex(
        vertex,
        ticks.map((tick) => tick.vertices[i]!),
      ),
    ),
    edges: last.edges.map((edge, i) =>
      mergeEdge(
        edge,
        ticks.map((tick) => tick.edges[i]!),
      ),
    ),
    bottleneck: named?.bottleneck ?? null,
    forming: null,
  };
}

function mergeVertex(last: VertexTick, all: readonly VertexTick[]): VertexTick {
  const peak = all.reduce((most, one) => ((one.busy ?? -1) > (most.busy ?? -1) ? one : most));
  const { busy, busySubtask, running, queued, external, backpressured, idle } = peak;
  return {
    ...last,
    ...{ busy, busySubtask, running, queued, external, backpressured, idle },
    busyMean: mean(all, (one) => one.busyMean),
    backpressuredMax: highest(all, (one) => one.backpressuredMax ?? null),
    recordsIn: mean(all, (one) => one.recordsIn),
    recordsOut: mean(all, (one) => one.recordsOut),
    bytesIn: mean(all, (one) => one.bytesIn),
    bytesOut: mean(all, (one) => one.bytesOut),
    asyncInFlight: highest(all, (one) => one.asyncInFlight),
    callP50Ms: highest(all, (one) => one.callP50Ms ?? null),
    callP99Ms: highest(all, (one) => one.callP99Ms ?? null),
    ...(last.operators === undefined
      ? {}
      : { operators: last.operators.map((_, i) => mergeOperator(all, i)) }),
  };
}

function mergeOperator(all: readonly VertexTick[], at: number): OperatorTick {
  return {
    recordsIn: mean(all, (one) => one.operators?.[at]?.recordsIn ?? null),
    recordsOut: mean(all, (one) => one.operators?.[at]?.recordsOut ?? null),
    running: mean(all, (one) => one.operators?.[at]?.running ?? null),
  };
}

function mergeEdge(last: EdgeTick, all: readonly EdgeTick[]): EdgeTick {
  return {
    index: last.index,
    recordsPerSecond: mean(all, (one) => one.recordsPerSecond),
    bytesPerSecond: mean(all, (one) => one.bytesPerSecond),
    fill: highest(all, (one) => one.fill),
  };
}

function mean<T>(all: readonly T[], pick: (one: T) => number | null): number | null {
  const values = all.map(pick).filter((value) => value !== null);
  return values.length === 0 ? null : values.reduce((sum, one) => sum + one, 0) / values.length;
}

function highest<T>(all: readonly T[], pick: (one: T) => number | null): number | null {
  const values = all.map(pick).filter((value) => value !== null);
  return values.length === 0 ? null : Math.max(...values);
}
