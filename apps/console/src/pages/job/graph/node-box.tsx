/** What every vertex on the canvas is: a button with ends for edges, walked and chosen by keyboard. */
import { type CSSProperties, type ReactNode, use } from 'react';
import { Handle, Position } from 'reactflow';
import { GraphWalkContext } from './graph-walk-context.ts';

interface NodeBoxProps {
  readonly vertexId: string;
  readonly classNames: Readonly<Record<string, boolean>>;
  readonly selected: boolean;
  readonly style: CSSProperties;
  readonly children: ReactNode;
}

/** @param classNames by name, whether it applies. */
export function NodeBox({ vertexId, classNames, selected, style, children }: NodeBoxProps) {
  const walk = use(GraphWalkContext);
  const names = Object.entries({ ...classNames, selected }).filter(([, applies]) => applies);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a button may not hold blocks
    <div
      className={names.map(([name]) => name).join(' ')}
      style={style}
      role="button"
      tabIndex={0}
      aria-pressed={selected}
      data-node={vertexId}
      onClick={() => walk.select(vertexId)}
      onKeyDown={(event) => walk.key(event, vertexId)}
    >
      <Handle type="target" position={Position.Left} isConnectable={false} />
      {children}
      <Handle type="source" position={Position.Right} isConnectable={false} />
    </div>
  );
}
