/**
 * The live graph. Placed once per topology by the layout worker; ticks never move a node and reach
 * only the nodes and edges themselves, which subscribe one by one.
 */
import 'reactflow/dist/base.css';
import type { JobTopology } from '@weir/console-protocol';
import { type KeyboardEvent, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { ReactFlow, ReactFlowProvider, useReactFlow, useStore, useStoreApi } from 'reactflow';
import { Skeleton } from '../../../components/skeleton.tsx';
import type { GraphLayout } from '../../../layout-worker/graph-layout.ts';
import { requestLayout } from '../../../layout-worker/layout-client.ts';
import { fitCamera, zoomLevel } from '../../../model/graph-camera.ts';
import { graphShape, shapeKey } from '../../../model/graph-shape.ts';
import { type Direction, neighbour } from '../../../model/graph-walk.ts';
import { CallSiteNode } from './call-site-node.tsx';
import { ChannelEdge } from './channel-edge.tsx';
import { GraphDock } from './graph-dock.tsx';
import { flowEdges, flowNodes } from './graph-elements.ts';
import { GraphWalkContext } from './graph-walk-context.ts';
import { VertexNode } from './vertex-node.tsx';

const NODE_TYPES = { vertex: VertexNode, callSite: CallSiteNode };
const EDGE_TYPES = { channel: ChannelEdge };

const ARROWS: Readonly<Record<string, Direction>> = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'up',
  ArrowDown: 'down',
};

export interface GraphCanvasProps {
  readonly topology: JobTopology;
  readonly selected: string | null;
  readonly found: string;
  readonly select: (vertexId: string | null) => void;
}

export function GraphCanvas(props: GraphCanvasProps) {
  const layout = useLayout(props.topology);
  if (layout === null) return <Skeleton lines={6} />;
  return (
    <ReactFlowProvider>
      <Canvas {...props} layout={layout} />
    </ReactFlowProvider>
  );
}

function useLayout(topology: JobTopology): GraphLayout | null {
  const [layout, setLayout] = useState<GraphLayout | null>(null);
  const shape = useMemo(() => graphShape(topology), [topology]);
  const key = shapeKey(shape);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for the shape
  useEffect(() => {
    let current = true;
    void requestLayout(shape).then((next) => {
      if (current) setLayout(next);
    });
    return () => {
      current = false;
    };
  }, [key]);
  return layout;
}

function Canvas(props: GraphCanvasProps & { readonly layout: GraphLayout }) {
  const { topology, layout, selected, found, select } = props;
  const moved = useRef(false);
  const fit = useFit(layout, moved);
  const level = useStore((state) => zoomLevel(state.transform[2]));
  const nodes = useMemo(
    () => flowNodes(topology, layout, selected, found),
    [topology, layout, selected, found],
  );
  const edges = useMemo(() => flowEdges(topology, layout, selected), [topology, layout, selected]);
  const key = useCallback(
    (event: KeyboardEvent, vertexId: string) => {
      if (event.key === 'Enter' || event.key === ' ') select(vertexId);
      else if (event.key === 'Escape') select(null);
      else {
        const direction = ARROWS[event.key];
        if (direction === undefined) return;
        const next = neighbour(layout.nodes, topology.edges, vertexId, direction);
        if (next !== null) focusVertex(next);
      }
      event.preventDefault();
    },
    [layout, topology, select],
  );
  const walk = useMemo(() => ({ select, key }), [select, key]);
  return (
    <GraphWalkContext value={walk}>
      <div className={`graph-canvas zoom-${level}`}>
        <ReactFlow
          aria-label="Job graph"
          nodes={nodes}
          edges={edges}
          nodeTypes={NODE_TYPES}
          edgeTypes={EDGE_TYPES}
          minZoom={0.05}
          maxZoom={2}
          nodesDraggable={false}
          nodesConnectable={false}
          nodesFocusable={false}
          edgesFocusable={false}
          elementsSelectable={false}
          disableKeyboardA11y
          onlyRenderVisibleElements={nodes.length > 150}
          proOptions={{ hideAttribution: true }}
          onPaneClick={() => select(null)}
          onMoveStart={(event) => {
            if (event !== null) moved.current = true;
          }}
        />
        <GraphDock {...{ topology, layout, selected, select, fit }} />
      </div>
    </GraphWalkContext>
  );
}

/** Fits at first and whenever the room changes, until the viewer moves the camera. */
function useFit(layout: GraphLayout, moved: { current: boolean }): () => void {
  const flow = useReactFlow();
  const store = useStoreApi();
  const width = useStore((state) => state.width);
  const height = useStore((state) => state.height);
  const show = useCallback(
    (duration: number) => {
      const view = store.getState();
      if (view.width === 0 || view.height === 0) return;
      void flow.setViewport(fitCamera(layout, layout.nodes, view), { duration });
    },
    [flow, store, layout],
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: the size is what it reacts to
  useEffect(() => {
    if (!moved.current) show(0);
  }, [show, width, height, moved]);
  return useCallback(() => {
    moved.current = false;
    const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
    show(still ? 0 : 320);
  }, [show, moved]);
}

function focusVertex(vertexId: string): void {
  document.querySelector<HTMLElement>(`[data-vertex="${vertexId}"]`)?.focus();
}
