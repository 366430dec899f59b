/**
 * A group of vertices: a cell for each, filled by its busiest subtask, then one number. Where the
 * cause is inside, a line leads from its cell to a flag above.
 */
import { Crosshair } from 'lucide-react';
import { type MouseEvent, memo, use, useMemo } from 'react';
import { Handle, type Node, type NodeProps, Position } from 'reactflow';
import type { JobStore } from '../../../live/job-store.ts';
import { useJob, useJobStore, useText } from '../../../live/use-live.ts';
import type { VertexGroup } from '../../../model/graph/graph-groups.ts';
import { CELL, CELL_PITCH, CELLS_AT } from '../../../model/graph/graph-shape.ts';
import { HATCH } from '../../../model/graph/graph-values.ts';
import { causeIn, groupView } from '../../../model/graph/group-view.ts';
import { canvasColour, forgetWithTheme, hatchPattern } from './canvas-colours.ts';
import { useGraphColours, valuesOf } from './graph-colours.ts';
import { GraphWalkContext } from './graph-walk-context.ts';
import { type Picture, usePaint } from './use-paint.ts';

export type GroupNodeType = Node<
  {
    readonly group: VertexGroup;
    /** In a row. */
    readonly cells: number;
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

export const GroupNode = memo(function GroupNode({ data }: NodeProps<GroupNodeType>) {
  const { group, cells, titles, selected, dim } = data;
  const cause = useJob((store) => causeIn(store, group), group.name);
  const walk = use(GraphWalkContext);
  const width = cells * CELL_PITCH;
  const height = Math.ceil(group.vertexIds.length / cells) * CELL_PITCH;
  const canvas = usePaint(width, height, DENSITY, useCells(data));
  const names = ['group-node'];
  if (selected !== null) names.push('selected');
  if (dim) names.push('dim');
  const click = (event: MouseEvent) => {
    const vertexId = cellAt(event, canvas.current, data);
    if (vertexId === null) walk.openGroup(group.name);
    else walk.select(vertexId);
  };
  const point = (event: MouseEvent<HTMLElement>) => {
    const vertexId = cellAt(event, canvas.current, data);
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
      {cause !== null && (
        <CauseFlag title={titles.get(cause)!} at={cause} group={group} cells={cells} />
      )}
      <header>
        <b title={group.name}>{group.name}</b>
        <span>
          {group.vertexIds.length}
          <em className="hidden-text"> vertices</em>
        </span>
      </header>
      <canvas ref={canvas} style={{ width, height }} />
      <GroupNumber group={group} />
      <Handle type="source" position={Position.Right} isConnectable={false} />
    </div>
  );
});

/** The number is written, since it is all that most ticks change. */
function GroupNumber({ group }: { group: VertexGroup }) {
  const colours = useGraphColours();
  const key = `${group.name} ${colours.key}`;
  const viewOf = (store: JobStore) => groupView(valuesOf(store, colours), group);
  const words = useJob((store) => {
    const { before, after } = viewOf(store);
    return { before, after };
  }, key);
  const number = useText<JobStore, HTMLElement>(useJobStore(), (store) => viewOf(store).value, key);
  return (
    <p>
      {words.before} <b ref={number} /> {words.after}
    </p>
  );
}

interface CauseFlagProps {
  readonly title: string;
  readonly at: string;
  readonly group: VertexGroup;
  readonly cells: number;
}

function CauseFlag({ title, at, group, cells }: CauseFlagProps) {
  const { x, y } = cellPlace(group.vertexIds.indexOf(at), cells);
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
function useCells({ group, cells, selected, dimmed }: GroupNodeType['data']): Picture {
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
      const { x, y } = cellPlace(group.vertexIds.indexOf(selected), cells);
      context.strokeStyle = canvasColour('var(--accent)');
      context.lineWidth = 2;
      context.strokeRect(x, y, CELL, CELL);
    };
    return {
      looksOf,
      paint: (context, looks) => {
        for (const [at, look] of looks.entries()) paintCell(context, look, cellPlace(at, cells));
        paintSelected(context);
      },
      paintPart: (context, look, index) => {
        const place = cellPlace(index, cells);
        context.clearRect(place.x, place.y, CELL, CELL);
        paintCell(context, look, place);
        paintSelected(context);
        return true;
      },
    };
  }, [group, cells, selected, dimmed, colours]);
}

interface Place {
  readonly x: number;
  readonly y: number;
}

/** A copy of a cell that was painted before: hundreds of them change every second. */
function paintCell(context: CanvasRenderingContext2D, look: string, { x, y }: Place): void {
  context.drawImage(cellOf(look), x, y, CELL, CELL);
}

const cells = new Map<string, HTMLCanvasElement>();
forgetWithTheme(() => cells.clear());

function cellOf(look: string): HTMLCanvasElement {
  let cell = cells.get(look);
  if (cell === undefined) {
    cell = document.createElement('canvas');
    cell.width = CELL * DENSITY;
    cell.height = CELL * DENSITY;
    const context = cell.getContext('2d');
    if (context !== null) {
      context.scale(DENSITY, DENSITY);
      drawCell(context, look);
    }
    cells.set(look, cell);
  }
  return cell;
}

function drawCell(context: CanvasRenderingContext2D, look: string): void {
  const dim = look.startsWith(DIM);
  const fill = dim ? look.slice(DIM.length) : look;
  context.beginPath();
  context.roundRect(0.5, 0.5, CELL - 1, CELL - 1, 2);
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

function cellPlace(index: number, cells: number): Place {
  return { x: (index % cells) * CELL_PITCH, y: Math.floor(index / cells) * CELL_PITCH };
}

function cellAt(
  event: { readonly clientX: number; readonly clientY: number },
  canvas: HTMLCanvasElement | null,
  { group, cells }: GroupNodeType['data'],
): string | null {
  if (canvas === null) return null;
  const box = canvas.getBoundingClientRect();
  const pitch = box.width / cells;
  const column = Math.floor((event.clientX - box.left) / pitch);
  const row = Math.floor((event.clientY - box.top) / pitch);
  if (column < 0 || column >= cells || row < 0) return null;
  return group.vertexIds[row * cells + column] ?? null;
}
