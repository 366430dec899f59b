/**
 * Ids by which state finds its operator again. From the uid where there is one; otherwise from
 * the operator's place in the topology: what it reads from and, among equals, which one it is.
 * Names, parallelism, partitioning and other branches of the job don't matter, and a uid set
 * upstream changes nothing downstream.
 */
import type { OperatorId } from '@weir/core';
import { stableId } from './stable-id.ts';
import { invalid, label, type StreamNode } from './stream-graph.ts';

/** Ids in the order of the nodes. @throws WeirError JOB_DEFINITION_INVALID for a uid used twice. */
export function operatorIds(nodes: readonly StreamNode[]): Map<StreamNode, OperatorId> {
  const places = placesOf(nodes);
  const ids = new Map<StreamNode, OperatorId>();
  const owners = new Map<string, StreamNode>();
  for (const node of nodes) {
    const { uid } = node.operator;
    if (uid === '') throw invalid(`the uid of ${label(node.operator)} is empty; give it a name`);
    const id = uid === null ? places.get(node)! : stableId(uid);
    const owner = owners.get(id);
    if (owner !== undefined) {
      throw invalid(
        `the uid "${uid}" is used twice, by ${label(owner.operator)} and by ` +
          `${label(node.operator)}; every operator needs one of its own`,
      );
    }
    owners.set(id, node);
    ids.set(node, id as OperatorId);
  }
  return ids;
}

function placesOf(nodes: readonly StreamNode[]): Map<StreamNode, string> {
  const places = new Map<StreamNode, string>();
  const seen = new Map<string, number>();
  for (const node of nodes) {
    const inputs = node.inputs
      .map((edge) => [edge.targetInput, places.get(edge.source)!, edge.outputTag ?? ''] as const)
      .map((parts) => JSON.stringify(parts))
      .sort();
    const shape = JSON.stringify([node.operator.role, node.operator.keyed, inputs]);
    const ordinal = seen.get(shape) ?? 0;
    seen.set(shape, ordinal + 1);
    places.set(node, stableId(`place:${ordinal}:${shape}`));
  }
  return places;
}
