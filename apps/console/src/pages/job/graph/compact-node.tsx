/** A vertex inside an open group: its name, a bar, one number. */
import { Crosshair } from 'lucide-react';
import { type CSSProperties, memo } from 'react';
import type { Node, NodeProps } from 'reactflow';
import { StackedBar } from '../../../components/stacked-bar.tsx';
import { useJob } from '../../../live/use-live.ts';
import { type NodeView, nodeView } from '../../../model/graph/node-view.ts';
import type { Vertex } from '../../../model/graph/vertex-kind.ts';
import { scaleOf, useGraphColours } from './graph-colours.ts';
import { NodeBox } from './node-box.tsx';

export type CompactNodeType = Node<
  {
    readonly vertex: Vertex;
    /** Without the group's name, which stands above. */
    readonly title: string;
    readonly selected: boolean;
    readonly dim: boolean;
  },
  'compact'
>;

export const CompactNode = memo(function CompactNode({ data }: NodeProps<CompactNodeType>) {
  const { vertex, title, selected, dim } = data;
  const colours = useGraphColours();
  const view = useJob(
    (store) => nodeView(store, vertex.id, scaleOf(store, colours), colours.checkpoints),
    `${vertex.id} ${colours.key}`,
  );
  const classNames = {
    'compact-node': true,
    victim: view.hatched,
    cause: view.cause,
    dim,
  };
  const tinted = colours.mode !== 'busyness' || view.cause;
  const style = (
    tinted ? { '--node-fill': view.fill, '--node-ink': view.ink } : {}
  ) as CSSProperties;
  return (
    <NodeBox vertexId={vertex.id} classNames={classNames} selected={selected} style={style}>
      <b title={vertex.name}>
        {view.cause && (
          <>
            <Crosshair aria-hidden="true" />
            <em className="hidden-text">Bottleneck </em>
          </>
        )}
        {title}
      </b>
      <div>
        <StackedBar
          parts={view.parts === '' ? null : view.parts.split(' ').map(Number)}
          {...(view.cause ? { colour: 'currentcolor' } : {})}
        />
        <span>{numberOf(view, colours.mode === 'busyness')}</span>
        {view.victim && <em className="hidden-text">backpressured</em>}
      </div>
    </NodeBox>
  );
});

/** What a victim waits, what everyone else works. */
function numberOf(view: NodeView, busyness: boolean): string {
  if (!busyness) return view.value;
  const [busy, backpressured] = view.parts.split(' ');
  const percent = view.victim ? backpressured : busy;
  return percent === undefined || percent === '' ? '—' : `${percent}\u202f%`;
}
