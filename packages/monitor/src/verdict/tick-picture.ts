/**
 * The picture that ticks give: of each vertex its busiest subtask, and the others as one. For
 * history, and for clusters that tell no more than Flink does: what ticks lack is not guessed.
 */
import type { JobTick, VertexTick } from '@weir/console-protocol';
import {
  medianOf,
  type Picture,
  sharesOf,
  type SubtaskPicture,
  type VertexPicture,
} from './picture.ts';

const TICK_MS = 1000;

/** @param ticks of one topology, oldest first, at least one */
export function pictureOfTicks(ticks: readonly JobTick[]): Picture {
  const last = ticks.at(-1)!;
  return {
    t: last.t,
    // A tick covers the second before it.
    spanMs: last.t - ticks[0]!.t + TICK_MS,
    vertices: last.vertices.map((vertex, at) =>
      vertexPicture(
        vertex,
        ticks.map((tick) => tick.vertices[at]!),
      ),
    ),
    fills: last.edges.map((_, at) => mean(ticks.map((tick) => tick.edges[at]?.fill))),
    blocked: last.edges.map(() => null),
    threads: new Map(),
    machine: null,
    usersOf: () =>
      last.vertices.map(({ id, busySubtask, running }) => ({
        vertexId: id,
        subtask: busySubtask,
        running: running ?? 0,
      })),
  };
}

function vertexPicture(last: VertexTick, all: readonly VertexTick[]): VertexPicture {
  const of = (pick: (tick: VertexTick) => number | null | undefined) => mean(all.map(pick));
  const busy = of((tick) => tick.busy);
  const queued = of((tick) => tick.queued) ?? 0;
  const external = of((tick) => tick.external) ?? 0;
  const backpressured = of((tick) => tick.backpressured) ?? 0;
  const running = Math.max(0, (busy ?? 0) - queued - external);
  const idle = Math.max(0, 1 - (busy ?? 0) - backpressured);
  const shares = busy === null ? null : sharesOf(running, queued, external, idle, backpressured);
  const busySubtask = medianOf(all.map((tick) => tick.busySubtask)) ?? 0;
  const recordsIn = of((tick) => tick.recordsIn);
  const recordsOut = of((tick) => tick.recordsOut);
  return {
    ...{ id: last.id, busiest: shares, busySubtask, recordsIn, recordsOut },
    backpressuredMax: of((tick) => tick.backpressuredMax ?? tick.backpressured),
    pendingRecords: last.pendingRecords,
    pendingMs: last.pendingMs,
    stillMs: 0,
    alignment: 0,
    lateEdge: null,
    subtasks: () => {
      if (shares === null) return [];
      const rest = { slot: null, recordsIn: null, recordsOut: null, operators: [] };
      const busiest: SubtaskPicture = { ...shares, ...rest, subtask: busySubtask };
      return [busiest];
    },
  };
}

function mean(values: readonly (number | null | undefined)[]): number | null {
  const known = values.filter((value) => typeof value === 'number');
  return known.length === 0 ? null : known.reduce((sum, one) => sum + one, 0) / known.length;
}
