/** Bottom left of the graph: the busiest vertices, the map, the zoom. */
import type { JobTopology } from '@weir/console-protocol';
import { Maximize, Minus, Plus } from 'lucide-react';
import { useReactFlow } from 'reactflow';
import type { GraphLayout } from '../../../layout-worker/graph-layout.ts';
import { useJob } from '../../../live/use-live.ts';
import { busyBarColour } from '../../../model/busy-ramp.ts';
import { vertexTitle } from '../../../model/vertex-title.ts';
import { GraphMap } from './graph-map.tsx';

const TOP = 5;

export interface GraphDockProps {
  readonly topology: JobTopology;
  readonly layout: GraphLayout;
  readonly selected: string | null;
  readonly select: (vertexId: string | null) => void;
  readonly fit: () => void;
}

export function GraphDock({ topology, layout, selected, select, fit }: GraphDockProps) {
  const flow = useReactFlow();
  return (
    <div className="graph-dock">
      <TopList topology={topology} selected={selected} select={select} />
      <GraphMap layout={layout} />
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
}

function TopList(props: Omit<GraphDockProps, 'fit' | 'layout'>) {
  const { topology, selected, select } = props;
  const titles = new Map(topology.vertices.map((vertex) => [vertex.id, vertexTitle(vertex)]));
  const rows = useJob(({ latest }) =>
    (latest?.vertices ?? [])
      .filter(({ busy }) => busy !== null)
      .sort((a, b) => (b.busy ?? 0) - (a.busy ?? 0))
      .slice(0, TOP)
      .map(({ id, busy }) => `${id} ${Math.round((busy ?? 0) * 100)}`),
  );
  return (
    <section className="top-list" aria-label="Top by busyness">
      <h2>Top by busyness</h2>
      {rows.length === 0 && <p className="micro">no numbers yet</p>}
      <ol>
        {rows.map((row) => {
          const [id = '', percent = '0'] = row.split(' ');
          return (
            <li key={id}>
              <button type="button" aria-pressed={id === selected} onClick={() => select(id)}>
                <span title={titles.get(id)}>{titles.get(id)}</span>
                <i aria-hidden="true">
                  <u
                    style={{
                      width: `${percent}%`,
                      background: busyBarColour(Number(percent) / 100),
                    }}
                  />
                </i>
                <b>{percent} %</b>
              </button>
            </li>
          );
        })}
      </ol>
    </section>
  );
}
