/**
 * A group of vertices: a cell for each, filled by its busiest subtask, then one number. Where the
 * cause is inside, a line leads from its cell to a flag above.
 */
import { Crosshair } from 'lucide-react';
import { type MouseEvent, memo, use, useCallback } from 'react';
import { Handle, type Node, type NodeProps, Position } from 'reactflow';
import { useJob } from '../../../live/use-live.ts';
import { modeColour, modeValue } from '../../../model/colour-mode.ts';
import type { VertexGroup } from '../../../model/graph-groups.ts';
import { CELL, CELL_PITCH, CELLS_A_ROW, CELLS_AT } from '../../../model/graph-shape.ts';
import { groupView } from '../../../model/group-view.ts';
import { hatches, isVictim } from '../../../model/node-view.ts';
import { canvasColour, hatchPattern } from './canvas-colours.ts';
import { scaleOf, useGraphColours } from './graph-colours.ts';
import { GraphWalkContext } from './graph-walk-context.ts';
import { type Paint, usePaint } from './use-paint.ts';

export type GroupNodeType = Node<
  {
    readonly group: VertexGroup;
    readonly titles: ReadonlyMap<string, string>;
    /** The selected vertex, if it is in here. */
    readonly selected: string | null;
    /** Vertices that the search did not find or that have nothing to do with the selection. */
    readonly dimmed: ReadonlySet<string>;
    readonly dim: boolean;
  },
  'group'
>;

/** Sharp at the largest zoom on a dense screen. */
const DENSITY = 2.5;
const WIDTH = CELLS_A_ROW * CELL_PITCH;

export const GroupNode = memo(function GroupNode({ data }: NodeProps<GroupNodeType>) {
  const { group, titles, selected, dim } = data;
  const colours = useGraphColours();
  const view = useJob(
    (store) => groupView(store, group, scaleOf(store, colours), colours.checkpoints),
    `${group.name} ${colours.key}`,
  );
  const walk = use(GraphWalkContext);
  const height = Math.ceil(group.vertexIds.length / CELLS_A_ROW) * CELL_PITCH;
  const canvas = usePaint(WIDTH, height, DENSITY, useCells(data));
  const names = ['group-node'];
  if (selected !== null) names.push('selected');
  if (dim) names.push('dim');
  const click = (event: MouseEvent) => {
    const vertexId = cellAt(event, canvas.current, group);
    if (vertexId === null) walk.openGroup(group.name);
    else walk.select(vertexId);
  };
  const point = (event: MouseEvent<HTMLElement>) => {
    const vertexId = cellAt(event, canvas.current, group);
    event.currentTarget.title = vertexId === null ? `Open ${group.name}` : titles.get(vertexId)!;
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a button may not hold blocks
    <div
      className={names.join(' ')}
      role="button"
      tabIndex={0}
      data-node={`group ${group.name}`}
      onClick={click}
      onMouseMove={point}
      onKeyDown={(event) => walk.key(event, `group ${group.name}`)}
    >
      <Handle type="target" position={Position.Left} isConnectable={false} />
      {view.cause !== null && (
        <CauseFlag title={titles.get(view.cause)!} at={view.cause} group={group} />
      )}
      <header>
        <b title={group.name}>{group.name}</b>
        <span>
          {group.vertexIds.length}
          <em className="hidden-text"> vertices</em>
        </span>
      </header>
      <canvas ref={canvas} style={{ width: WIDTH, height }} />
      <p>
        {view.before} <b>{view.value}</b> {view.after}
      </p>
      <Handle type="source" position={Position.Right} isConnectable={false} />
    </div>
  );
});

function CauseFlag({ title, at, group }: { title: string; at: string; group: VertexGroup }) {
  const { x, y } = cellPlace(group.vertexIds.indexOf(at));
  const left = CELLS_AT.x + x + CELL / 2 - 1;
  return (
    <>
      <span className="flag">
        <Crosshair aria-hidden="true" />
        <em className="hidden-text">Bottleneck </em>
        {title}
      </span>
      <i className="cause-line" style={{ left, height: CELLS_AT.y + y + 8 }} aria-hidden="true" />
    </>
  );
}

/** How the cells look now; another function whenever what they show is chosen anew. */
function useCells({ group, selected, dimmed }: GroupNodeType['data']): Paint {
  const colours = useGraphColours();
  return useCallback(
    (context, store) => {
      const scale = scaleOf(store, colours);
      const causeId = store.verdicts.current?.vertexId ?? null;
      // Cells of one look are one path: a thousand cells are a few dozen calls.
      const looks = new Map<string, Path2D>();
      const outlines = new Path2D();
      for (const [index, id] of group.vertexIds.entries()) {
        const { x, y } = cellPlace(index);
        const value = modeValue(colours.mode, store, id, colours.checkpoints);
        const hatched = hatches(scale) && isVictim(store.vertex(id)) && id !== causeId;
        const fill = hatched ? HATCH : modeColour(scale, value, id === causeId).fill;
        const look = dimmed.has(id) ? `${DIM}${fill}` : fill;
        let path = looks.get(look);
        if (path === undefined) {
          path = new Path2D();
          looks.set(look, path);
        }
        path.roundRect(x + 0.5, y + 0.5, CELL - 1, CELL - 1, 2);
        outlines.roundRect(x + 0.5, y + 0.5, CELL - 1, CELL - 1, 2);
      }
      for (const [look, path] of looks) {
        const dim = look.startsWith(DIM);
        const fill = dim ? look.slice(DIM.length) : look;
        context.globalAlpha = dim ? DIMMED : 1;
        context.fillStyle = fill === HATCH ? hatchPattern(context) : canvasColour(fill);
        context.fill(path);
      }
      context.globalAlpha = 1;
      context.strokeStyle = canvasColour('var(--line-strong)');
      context.lineWidth = 1;
      context.stroke(outlines);
      if (selected === null) return;
      const { x, y } = cellPlace(group.vertexIds.indexOf(selected));
      context.strokeStyle = canvasColour('var(--accent)');
      context.lineWidth = 2;
      context.strokeRect(x, y, CELL, CELL);
    },
    [group, selected, dimmed, colours],
  );
}

const DIMMED = 0.35;
const DIM = 'dim ';
const HATCH = 'hatch';

function cellPlace(index: number): { x: number; y: number } {
  return {
    x: (index % CELLS_A_ROW) * CELL_PITCH,
    y: Math.floor(index / CELLS_A_ROW) * CELL_PITCH,
  };
}

function cellAt(
  event: { readonly clientX: number; readonly clientY: number },
  canvas: HTMLCanvasElement | null,
  group: VertexGroup,
): string | null {
  if (canvas === null) return null;
  const box = canvas.getBoundingClientRect();
  const pitch = (box.width / WIDTH) * CELL_PITCH;
  const column = Math.floor((event.clientX - box.left) / pitch);
  const row = Math.floor((event.clientY - box.top) / pitch);
  if (column < 0 || column >= CELLS_A_ROW || row < 0) return null;
  return group.vertexIds[row * CELLS_A_ROW + column] ?? null;
}
