/**
 * Which slot runs which subtask: a slot holds one subtask of each vertex of a slot sharing group,
 * so that a group needs as many slots as its widest vertex. Slots of different groups are
 * different threads. Semantics: Flink's LocalInputPreferredSlotSharingStrategy on one machine:
 * equal subtask indices meet, so FORWARD edges stay within a thread.
 */
import { invariant } from '@weir/core';
import type { JobGraph } from '@weir/graph';

export interface SlotAssignment {
  readonly slots: number;
  slotOf(vertexId: string, subtask: number): number;
}

/** O(vertices). Slots are numbered from 0, group by group in order of first appearance. */
export function assignSlots(graph: JobGraph): SlotAssignment {
  const widths = new Map<string, number>();
  for (const { slotSharingGroup, parallelism } of graph.vertices) {
    widths.set(slotSharingGroup, Math.max(widths.get(slotSharingGroup) ?? 0, parallelism));
  }
  const firstSlots = new Map<string, number>();
  let slots = 0;
  for (const [group, width] of widths) {
    firstSlots.set(group, slots);
    slots += width;
  }
  const offsets = new Map(
    graph.vertices.map((vertex) => [vertex.id as string, firstSlots.get(vertex.slotSharingGroup)!]),
  );
  return {
    slots,
    slotOf(vertexId, subtask) {
      const offset = offsets.get(vertexId);
      invariant(offset !== undefined, 'vertex without slots', { vertexId });
      return offset + subtask;
    },
  };
}
