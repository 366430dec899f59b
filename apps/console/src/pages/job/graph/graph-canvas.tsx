/**
 * The live graph. Placed once per topology, open group and set of open chains by the layout worker;
 * ticks never move a node and reach only the nodes and edges themselves, which subscribe one by
 * one. From far away a graph of hundreds of vertices is one canvas.
 */
import 'reactflow/dist/base.css';
import type { JobTopology } from '@weir/console-protocol';
import { type MouseEvent, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { ReactFlow, ReactFlowProvider, useReactFlow, useStore } from 'reactflow';
import { Skeleton } from '../../../components/skeleton.tsx';
import type { GraphLayout } from '../../../layout-worker/graph-layout.ts';
import { requestLayout } from '../../../layout-worker/layout-client.ts';
import { zoomLevel } from '../../../model/graph/graph-camera.ts';
import type { Grouping } from '../../../model/graph/graph-groups.ts';
import { type GraphScene, sceneNodeOf } from '../../../model/graph/graph-scene.ts';
import { graphShape, shapeKey } from '../../../model/graph/graph-shape.ts';
import { BlockCanvas, blockAt } from './block-canvas.tsx';
import { CallSiteNode } from './call-site-node.tsx';
import { ChannelEdge, type ChannelEdgeData, type ChannelEdgeType } from './channel-edge.tsx';
import { CompactNode } from './compact-node.tsx';
import { EdgeCard, type HoveredEdge } from './edge-card.tsx';
import { GraphDock } from './graph-dock.tsx';
import { dimmedVertices, flowEdges, flowNodes } from './graph-elements.ts';
import { GraphWalkContext } from './graph-walk-context.ts';
import { GroupNode } from './group-node.tsx';
import { StubNode } from './stub-node.tsx';
import { useGraphCamera } from './use-graph-camera.ts';
import { useGraphKeys } from './use-graph-keys.ts';
import { useViewKeys } from './use-view-keys.ts';
import { VertexNode } from './vertex-node.tsx';

const NODE_TYPES = {
  vertex: VertexNode,
  callSite: CallSiteNode,
  compact: CompactNode,
  group: GroupNode,
  stub: StubNode,
};
const EDGE_TYPES = { channel: ChannelEdge };

/** More nodes than this are drawn as blocks from far away, and only where they are seen. */
const ELEMENTS_MAX = 150;
/** Nearer than other graphs: so many small nodes are cheaper as blocks. */
const BLOCKS_BELOW = 0.55;

export interface GraphCanvasProps {
  readonly topology: JobTopology;
  readonly grouping: Grouping | null;
  readonly scene: GraphScene;
  /** Below the top: there is a way up. */
  readonly inside: boolean;
  readonly selected: string | null;
  readonly found: string;
  /** The vertex to bring into the picture, another object each time. */
  readonly target: { readonly vertexId: string } | null;
  readonly select: (vertexId: string | null) => void;
  readonly goTo: (vertexId: string) => void;
  readonly openGroup: (name: string | null) => void;
  readonly toggleChain: (vertexId: string) => void;
}

export function GraphCanvas(props: GraphCanvasProps) {
  const placed = useLayout(props.scene);
  if (placed === null) return <Skeleton lines={6} />;
  return (
    <ReactFlowProvider>
      <Canvas {...props} scene={placed.scene} layout={placed.layout} />
    </ReactFlowProvider>
  );
}

interface Placed {
  readonly scene: GraphScene;
  readonly layout: GraphLayout;
}

/** The scene with its layout; the one before stays until the next is placed. */
function useLayout(scene: GraphScene): Placed | null {
  const [placed, setPlaced] = useState<(Placed & { readonly key: string }) | null>(null);
  const shape = useMemo(() => graphShape(scene), [scene]);
  const key = useMemo(() => shapeKey(shape), [shape]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for shape and scene
  useEffect(() => {
    let current = true;
    void requestLayout(shape).then((layout) => {
      if (current) setPlaced({ scene, layout, key });
    });
    return () => {
      current = false;
    };
  }, [key]);
  return useMemo(
    () =>
      placed === null ? null : { ...placed, scene: placed.key === key ? scene : placed.scene },
    [placed, key, scene],
  );
}

function Canvas(props: GraphCanvasProps & { readonly layout: GraphLayout }) {
  const { topology, grouping, scene, inside, layout, selected, found, target } = props;
  const { select, goTo, openGroup, toggleChain } = props;
  const element = useRef<HTMLDivElement>(null);
  const { fit, centre, touched } = useGraphCamera(layout);
  const many = scene.nodes.length > ELEMENTS_MAX;
  const level = useStore((state) => zoomLevel(state.transform[2]));
  const blocks = useStore((state) => many && state.transform[2] < BLOCKS_BELOW);
  const dimmed = useMemo(
    () => dimmedVertices(topology, selected, found),
    [topology, selected, found],
  );
  const shown = useMemo(
    () => ({ topology, scene, layout, selected, dimmed }),
    [topology, scene, layout, selected, dimmed],
  );
  const nodes = useMemo(() => (blocks ? [] : flowNodes(shown)), [shown, blocks]);
  const edges = useMemo(() => (blocks ? [] : flowEdges(shown)), [shown, blocks]);
  const edgeIndexes = useMemo(() => topology.edges.map(({ index }) => index), [topology]);
  const [hovered, setHovered] = useState<HoveredEdge | null>(null);
  const hover = useCallback(({ clientX, clientY }: MouseEvent, { data }: ChannelEdgeType) => {
    setHovered(data === undefined ? null : placeCard(data, clientX, clientY, element.current));
  }, []);
  const leave = useCallback(() => setHovered(null), []);
  useViewKeys({ goTo, fit });
  const keys = useGraphKeys({ scene, inside, layout, centre, select, openGroup });
  useEffect(() => {
    const node = target === null ? null : sceneNodeOf(scene, target.vertexId);
    if (node !== null) centre(node.id);
  }, [target, scene, centre]);
  const walk = useMemo(
    () => ({ select, key: keys.onNodeKey, openGroup, toggleChain }),
    [select, keys.onNodeKey, openGroup, toggleChain],
  );
  const pick = usePick(layout, blocks, select);
  return (
    <GraphWalkContext value={walk}>
      <div ref={element} className={`graph-canvas zoom-${level}`}>
        {blocks && (
          <BlockCanvas
            {...{ topology, scene, layout, edgeIndexes, selected, dimmed, cursor: keys.cursor }}
          />
        )}
        <ReactFlow
          aria-label="Job graph"
          nodes={nodes}
          edges={edges}
          nodeTypes={NODE_TYPES}
          edgeTypes={EDGE_TYPES}
          minZoom={0.02}
          maxZoom={2}
          nodesDraggable={false}
          nodesConnectable={false}
          nodesFocusable={false}
          edgesFocusable={false}
          elementsSelectable={false}
          disableKeyboardA11y
          onlyRenderVisibleElements={many}
          proOptions={{ hideAttribution: true }}
          onPaneClick={pick}
          onMove={touched}
          onEdgeMouseMove={hover}
          onEdgeMouseLeave={leave}
        />
        {blocks && <BlocksCursor topology={topology} keys={keys} />}
        {hovered !== null && <EdgeCard hovered={hovered} />}
        <GraphDock {...{ topology, grouping, scene, layout, selected, goTo, fit }} />
        {grouping !== null && (
          <p className="graph-hint">
            {!inside
              ? 'Enter opens a group · arrows walk along edges · B to the bottleneck'
              : 'Enter shows a vertex · U goes up · arrows walk along edges'}
          </p>
        )}
      </div>
    </GraphWalkContext>
  );
}

/** On blocks the pane itself is clicked; what is there is found by place. */
function usePick(
  layout: GraphLayout,
  blocks: boolean,
  select: (vertexId: string | null) => void,
): (event: MouseEvent) => void {
  const flow = useReactFlow();
  return useCallback(
    ({ clientX, clientY }: MouseEvent) => {
      if (!blocks) {
        select(null);
        return;
      }
      const { x, y } = flow.screenToFlowPosition({ x: clientX, y: clientY });
      select(blockAt(layout, x, y));
    },
    [layout, blocks, select, flow],
  );
}

/** The keyboard's way through blocks: one stop, and the arrows from there. */
function BlocksCursor(props: {
  readonly topology: JobTopology;
  readonly keys: ReturnType<typeof useGraphKeys>;
}) {
  const { topology, keys } = props;
  const vertex = topology.vertices.find(({ id }) => id === keys.cursor);
  return (
    <button
      type="button"
      className="blocks-cursor"
      onFocus={keys.startCursor}
      onBlur={keys.endCursor}
      onKeyDown={keys.onCursorKey}
    >
      {vertex === undefined
        ? `${topology.vertices.length} vertices; arrows walk along the edges`
        : vertex.name}
    </button>
  );
}

/** On the side of the pointer where the card has room. */
function placeCard(
  edge: ChannelEdgeData,
  clientX: number,
  clientY: number,
  canvas: HTMLElement | null,
): HoveredEdge | null {
  if (canvas === null) return null;
  const box = canvas.getBoundingClientRect();
  const [x, y] = [clientX - box.left, clientY - box.top];
  return { edge, x, y, left: x > box.width - CARD.width, above: y > box.height - CARD.height };
}

const CARD = { width: 270, height: 150 };
