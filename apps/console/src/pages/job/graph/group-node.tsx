/**
 * A group of vertices: a cell for each, filled by its busiest subtask, then one number. Where the
 * cause is inside, a line leads from its cell to a flag above.
 */
import { Crosshair } from 'lucide-react';
import { type MouseEvent, memo, use, useMemo } from 'react';
import { Handle, type Node, type NodeProps, Position } from 'reactflow';
import type { JobStore } from '../../../live/job-store.ts';
import { useJob } from '../../../live/use-live.ts';
import type { VertexGroup } from '../../../model/graph-groups.ts';
import { CELL, CELL_PITCH, CELLS_A_ROW, CELLS_AT } from '../../../model/graph-shape.ts';
import { HATCH } from '../../../model/graph-values.ts';
import { causeIn, groupView } from '../../../model/group-view.ts';
import { canvasColour, hatchPattern } from './canvas-colours.ts';
import { useGraphColours, valuesOf } from './graph-colours.ts';
import { GraphWalkContext } from './graph-walk-context.ts';
import { type Picture, usePaint } from './use-paint.ts';

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
  const cause = useJob((store) => causeIn(store, group), group.name);
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
      {cause !== null && <CauseFlag title={titles.get(cause)!} at={cause} group={group} />}
      <header>
        <b title={group.name}>{group.name}</b>
        <span>
          {group.vertexIds.length}
          <em className="hidden-text"> vertices</em>
        </span>
      </header>
      <canvas ref={canvas} style={{ width: WIDTH, height }} />
      <GroupNumber group={group} />
      <Handle type="source" position={Position.Right} isConnectable={false} />
    </div>
  );
});

/** By itself, since it is all that most ticks change. */
function GroupNumber({ group }: { group: VertexGroup }) {
  const colours = useGraphColours();
  const { before, value, after } = useJob(
    (store) => groupView(valuesOf(store, colours), group),
    `${group.name} ${colours.key}`,
  );
  return (
    <p>
      {before} <b>{value}</b> {after}
    </p>
  );
}

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
function useCells({ group, selected, dimmed }: GroupNodeType['data']): Picture {
  const colours = useGraphColours();
  return useMemo(() => {
    const looksOf = (store: JobStore) => {
      const { fills } = valuesOf(store, colours);
      return group.places.map((place, at) => {
        const fill = fills[place] ?? '';
        return dimmed.size > 0 && dimmed.has(group.vertexIds[at]!) ? `${DIM}${fill}` : fill;
      });
    };
    const paintSelected = (context: CanvasRenderingContext2D) => {
      if (selected === null) return;
      const { x, y } = cellPlace(group.vertexIds.indexOf(selected));
      context.strokeStyle = canvasColour('var(--accent)');
      context.lineWidth = 2;
      context.strokeRect(x, y, CELL, CELL);
    };
    return {
      looksOf,
      paint: (context, looks) => {
        for (const [index, look] of looks.entries()) paintCell(context, look, index);
        paintSelected(context);
      },
      paintPart: (context, look, index) => {
        const { x, y } = cellPlace(index);
        context.clearRect(x, y, CELL, CELL);
        paintCell(context, look, index);
        paintSelected(context);
        return true;
      },
    };
  }, [group, selected, dimmed, colours]);
}

function paintCell(context: CanvasRenderingContext2D, look: string, index: number): void {
  const { x, y } = cellPlace(index);
  const dim = look.startsWith(DIM);
  const fill = dim ? look.slice(DIM.length) : look;
  context.beginPath();
  context.roundRect(x + 0.5, y + 0.5, CELL - 1, CELL - 1, 2);
  context.globalAlpha = dim ? DIMMED : 1;
  context.fillStyle = fill === HATCH ? hatchPattern(context) : canvasColour(fill);
  context.fill();
  context.globalAlpha = 1;
  context.strokeStyle = canvasColour('var(--line-strong)');
  context.lineWidth = 1;
  context.stroke();
}

const DIMMED = 0.35;
const DIM = 'dim ';

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
