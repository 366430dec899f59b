/** A neighbour of the group that is open: dashed, with one number; opens on click. */
import { memo, use } from 'react';
import { Handle, type Node, type NodeProps, Position } from 'reactflow';
import { useJob } from '../../../live/use-live.ts';
import type { VertexGroup } from '../../../model/graph/graph-groups.ts';
import { groupView } from '../../../model/graph/group-view.ts';
import { useGraphColours, valuesOf } from './graph-colours.ts';
import { GraphWalkContext } from './graph-walk-context.ts';

export type StubNodeType = Node<
  { readonly nodeId: string; readonly group: VertexGroup; readonly dim: boolean },
  'stub'
>;

export const StubNode = memo(function StubNode({ data }: NodeProps<StubNodeType>) {
  const { nodeId, group, dim } = data;
  const colours = useGraphColours();
  const { before, value, after } = useJob(
    (store) => groupView(valuesOf(store, colours), group),
    `${group.name} ${colours.key}`,
  );
  const walk = use(GraphWalkContext);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a button may not hold blocks
    <div
      className={dim ? 'stub-node dim' : 'stub-node'}
      role="button"
      tabIndex={0}
      data-node={nodeId}
      title={`Open ${group.name}`}
      onClick={() => walk.openGroup(group.name)}
      onKeyDown={(event) => walk.key(event, nodeId)}
    >
      <Handle type="target" position={Position.Left} isConnectable={false} />
      <b>{group.name}</b>
      <span>{group.vertexIds.length} vertices</span>
      <span>
        {before} <b>{value}</b> {after}
      </span>
      <Handle type="source" position={Position.Right} isConnectable={false} />
    </div>
  );
});
