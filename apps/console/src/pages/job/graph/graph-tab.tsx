/** The first tab: the graph or its table, and the inspector of the selected vertex. */
import '../../../styles/graph.css';
import '../../../styles/graph-dock.css';
import '../../../styles/graph-groups.css';
import { lazy, Suspense, useCallback, useMemo, useState } from 'react';
import { Skeleton } from '../../../components/skeleton.tsx';
import { useJob } from '../../../live/use-live.ts';
import { groupingOf } from '../../../model/graph/graph-groups.ts';
import { EVERY_VERTEX, graphScene } from '../../../model/graph/graph-scene.ts';
import { GraphCanvas } from './graph-canvas.tsx';
import { GraphColoursContext } from './graph-colours.ts';
import { GraphTable } from './graph-table.tsx';
import { GraphToolbar } from './graph-toolbar.tsx';
import { TimelineStrip } from './timeline-strip.tsx';
import { useColours } from './use-colours.ts';
import { useGraphAddress } from './use-graph-address.ts';

const Inspector = lazy(() =>
  import('./inspector.tsx').then((module) => ({ default: module.Inspector })),
);

export function GraphTab() {
  const topology = useJob((store) => store.topology);
  const address = useGraphAddress();
  const { select, openGroup, toggleChain, expanded } = address;
  const colours = useColours(address.mode);
  const [found, find] = useState('');
  const [target, setTarget] = useState<{ readonly vertexId: string } | null>(null);
  const grouping = useMemo(() => (topology === null ? null : groupingOf(topology)), [topology]);
  const scene = useMemo(
    () => (topology === null ? null : graphScene(topology, grouping, address.inside, expanded)),
    [topology, grouping, address.inside, expanded],
  );
  const goTo = useCallback(
    (vertexId: string) => {
      const group = grouping?.groupOf.get(vertexId) ?? null;
      const inside = address.inside;
      // From inside of one group to a vertex of another, the way leads there.
      const elsewhere = inside !== null && inside !== EVERY_VERTEX && inside !== group;
      select(vertexId, elsewhere ? group : inside);
      setTarget({ vertexId });
    },
    [grouping, address.inside, select],
  );
  if (topology === null || scene === null) return null;
  const selected = topology.vertices.find(({ id }) => id === address.vertex) ?? null;
  const group = selected === null ? null : (grouping?.groupOf.get(selected.id) ?? null);
  const shared = { topology, grouping, found, goTo };
  const here = { ...shared, select: address.choose, selected: selected?.id ?? null };
  const inside = scene.open === null && address.inside !== EVERY_VERTEX ? null : address.inside;
  const path =
    grouping === null
      ? null
      : {
          groups: grouping.groups.length,
          vertices: topology.vertices.length,
          by: grouping.by,
          inside,
          members: scene.open?.vertexIds.length ?? topology.vertices.length,
          go: openGroup,
        };
  return (
    <GraphColoursContext value={colours}>
      <div className={selected === null ? 'graph-work' : 'graph-work inspecting'}>
        <section className="graph-side" aria-label="Job graph">
          <GraphToolbar
            {...{
              table: address.table,
              mode: colours.mode,
              colourBy: address.colourBy,
              path,
              find,
            }}
            {...shared}
          />
          {address.table ? (
            <GraphTable {...here} />
          ) : (
            <GraphCanvas
              {...{ ...here, scene, target, openGroup, toggleChain }}
              inside={path !== null && inside !== null}
            />
          )}
        </section>
        {selected !== null && (
          <Suspense fallback={<InspectorFallback />}>
            <Inspector
              key={selected.id}
              vertex={selected}
              select={address.choose}
              openGroup={group === null || address.inside === group ? null : () => openGroup(group)}
            />
          </Suspense>
        )}
      </div>
      <TimelineStrip />
    </GraphColoursContext>
  );
}

function InspectorFallback() {
  return (
    <aside className="inspector" aria-label="Inspector">
      <Skeleton lines={8} />
    </aside>
  );
}
