/** Bottom left of the graph: the vertices with the most of what colours it, the map, the zoom. */
import type { JobTopology } from '@weir/console-protocol';
import { Maximize, Minus, Plus } from 'lucide-react';
import { memo, useMemo } from 'react';
import { useReactFlow } from 'reactflow';
import type { GraphLayout } from '../../../layout-worker/graph-layout.ts';
import { useJob } from '../../../live/use-live.ts';
import { busyBarColour } from '../../../model/graph/busy-ramp.ts';
import { MODE_LOOKS, position } from '../../../model/graph/colour-mode.ts';
import { figureText } from '../../../model/figures/figures.ts';
import type { Grouping } from '../../../model/graph/graph-groups.ts';
import type { GraphScene } from '../../../model/graph/graph-scene.ts';
import { vertexTitle } from '../../../model/graph/vertex-title.ts';
import { useGraphColours, valuesOf } from './graph-colours.ts';
import { GraphMap } from './graph-map.tsx';

const TOP = 5;

export interface GraphDockProps {
  readonly topology: JobTopology;
  readonly grouping: Grouping | null;
  readonly scene: GraphScene;
  readonly layout: GraphLayout;
  readonly selected: string | null;
  /** Selects a vertex and brings it into the picture. */
  readonly goTo: (vertexId: string) => void;
  readonly fit: () => void;
}

export const GraphDock = memo(function GraphDock(props: GraphDockProps) {
  const { topology, scene, layout, fit } = props;
  const flow = useReactFlow();
  return (
    <div className="graph-dock">
      <TopList {...props} />
      <GraphMap topology={topology} scene={scene} layout={layout} />
      <div className="zoom">
        <button
          type="button"
          className="btn icon sm"
          aria-label="Zoom in"
          onClick={() => void flow.zoomIn()}
        >
          <Plus aria-hidden="true" />
        </button>
        <button
          type="button"
          className="btn icon sm"
          aria-label="Zoom out"
          onClick={() => void flow.zoomOut()}
        >
          <Minus aria-hidden="true" />
        </button>
        <button type="button" className="btn icon sm" aria-label="Fit the graph" onClick={fit}>
          <Maximize aria-hidden="true" />
        </button>
      </div>
    </div>
  );
});

function TopList({ topology, grouping, selected, goTo }: GraphDockProps) {
  const colours = useGraphColours();
  const titles = useMemo(
    () => new Map(topology.vertices.map((vertex) => [vertex.id, vertexTitle(vertex)])),
    [topology],
  );
  const rows = useJob((store) => {
    const { scale, values } = valuesOf(store, colours);
    return highestFirst(values, TOP).map((at) => {
      const value = values[at]!;
      const share = Math.round(position(scale, value) * 100);
      const id = topology.vertices[at]?.id ?? '';
      return `${id} ${share} ${figureText(MODE_LOOKS[colours.mode].figure(value))}`;
    });
  }, `${topology.attempt} ${colours.key}`);
  const { label, token } = MODE_LOOKS[colours.mode];
  const of = grouping === null ? '' : `of ${topology.vertices.length} `;
  const title = `Top ${of}by ${label}`;
  return (
    <section className={grouping === null ? 'top-list' : 'top-list wide'} aria-label={title}>
      <h2>{title}</h2>
      {rows.length === 0 && <p className="micro">no numbers</p>}
      <ol>
        {rows.map(partsOf).map(({ rank, id, share, figure }) => {
          const busy = colours.mode === 'busyness';
          const background = busy ? busyBarColour(share / 100) : `var(${token})`;
          return (
            <li key={rank}>
              <button type="button" aria-pressed={id === selected} onClick={() => goTo(id)}>
                <span title={titles.get(id)}>{titles.get(id)}</span>
                {grouping !== null && <small>{grouping.groupOf.get(id)}</small>}
                <i aria-hidden="true">
                  <u style={{ width: `${share}%`, background }} />
                </i>
                <b>{figure}</b>
              </button>
            </li>
          );
        })}
      </ol>
    </section>
  );
}

/** Positions of the highest. */
function highestFirst(values: Float64Array, most: number): number[] {
  const top: number[] = [];
  let least = Number.NEGATIVE_INFINITY;
  for (let at = 0; at < values.length; at++) {
    const value = values[at]!;
    // Not written as ≤, since NaN is neither.
    if (!(value > least)) continue;
    const before = top.findIndex((one) => values[one]! < value);
    top.splice(before < 0 ? top.length : before, 0, at);
    if (top.length > most) top.pop();
    if (top.length === most) least = values[top[most - 1]!]!;
  }
  return top;
}

interface TopRow {
  /** Rows stay in their places, with other texts, when others have the most. */
  readonly rank: number;
  readonly id: string;
  readonly share: number;
  readonly figure: string;
}

function partsOf(row: string, at: number): TopRow {
  const [id = '', share = '0'] = row.split(' ', 2);
  const figure = row.slice(id.length + share.length + 2);
  return { rank: at + 1, id, share: Number(share), figure };
}
