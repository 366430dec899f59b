/** The first tab: the graph or its table, and the inspector of the selected vertex. */
import '../../../styles/graph.css';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useState } from 'react';
import { useJob } from '../../../live/use-live.ts';
import { GraphCanvas } from './graph-canvas.tsx';
import { GraphTable } from './graph-table.tsx';
import { GraphToolbar } from './graph-toolbar.tsx';
import { Inspector } from './inspector.tsx';
import { TimelineStrip } from './timeline-strip.tsx';

export function GraphTab() {
  const topology = useJob((store) => store.topology);
  const { vertex, view } = useSearch({ from: '/c/embedded/jobs/$jobId/graph' });
  const navigate = useNavigate({ from: '/c/embedded/jobs/$jobId/graph' });
  const [found, find] = useState('');
  const select = useCallback(
    (vertexId: string | null) =>
      void navigate({
        replace: true,
        search: ({ vertex: _, ...rest }) =>
          vertexId === null ? rest : { ...rest, vertex: vertexId },
      }),
    [navigate],
  );
  if (topology === null) return null;
  const selected = topology.vertices.find(({ id }) => id === vertex) ?? null;
  const table = view === 'table';
  const shared = { topology, found, select, selected: selected?.id ?? null };
  return (
    <>
      <div className={selected === null ? 'graph-work' : 'graph-work inspecting'}>
        <section className="graph-side" aria-label="Job graph">
          <GraphToolbar table={table} found={found} find={find} />
          {table ? <GraphTable {...shared} /> : <GraphCanvas {...shared} />}
        </section>
        {selected !== null && <Inspector key={selected.id} vertex={selected} select={select} />}
      </div>
      <TimelineStrip />
    </>
  );
}
