/** One vertex: fill by busyness, hatched for a victim, numbers that add up, a line of its rate. */
import { ChevronDown, ChevronUp, Crosshair } from 'lucide-react';
import { type CSSProperties, memo, use } from 'react';
import type { Node, NodeProps } from 'reactflow';
import { Sparkline } from '../../../components/sparkline.tsx';
import { StackedBar } from '../../../components/stacked-bar.tsx';
import { useJob, useJobChart } from '../../../live/use-live.ts';
import { VERTEX_COLUMNS } from '../../../live/vertex-series.ts';
import { listedMembers } from '../../../model/graph/graph-shape.ts';
import { type ColourMode, MODE_LOOKS } from '../../../model/graph/colour-mode.ts';
import { type NodeView, nodeView } from '../../../model/graph/node-view.ts';
import { typeLine, type Vertex, vertexKind } from '../../../model/graph/vertex-kind.ts';
import { vertexTitle } from '../../../model/graph/vertex-title.ts';
import { ExpandedMembers } from './expanded-members.tsx';
import { scaleOf, useGraphColours } from './graph-colours.ts';
import { GraphWalkContext } from './graph-walk-context.ts';
import { NodeBox } from './node-box.tsx';
import { VertexIcon } from './vertex-icon.tsx';

export type VertexNodeType = Node<
  {
    readonly vertex: Vertex;
    readonly expanded: boolean;
    readonly selected: boolean;
    readonly dim: boolean;
  },
  'vertex'
>;

const POINTS = 50;
/** Modes whose number a node says anyway. */
const SAID: readonly ColourMode[] = ['busyness', 'backpressure', 'records', 'lag'];

export const VertexNode = memo(function VertexNode({ data }: NodeProps<VertexNodeType>) {
  const { vertex, expanded, selected, dim } = data;
  const colours = useGraphColours();
  const view = useJob(
    (store) => nodeView(store, vertex.id, scaleOf(store, colours), colours.checkpoints),
    `${vertex.id} ${colours.key}`,
  );
  const kind = vertexKind(vertex);
  const title = vertexTitle(vertex);
  const classNames = {
    'vertex-node': true,
    victim: view.hatched,
    dim,
  };
  const style = { '--node-fill': view.fill, '--node-ink': view.ink } as CSSProperties;
  return (
    <>
      <NodeBox vertexId={vertex.id} classNames={classNames} selected={selected} style={style}>
        {view.cause && (
          <span className="flag">
            <Crosshair aria-hidden="true" />
            Bottleneck
          </span>
        )}
        <header>
          <VertexIcon kind={kind} />
          <b title={vertex.name}>{title}</b>
          <span>×{vertex.parallelism}</span>
          {view.victim && <em className="hidden-text">backpressured</em>}
        </header>
        <div className="node-body">
          {expanded ? (
            <ExpandedMembers vertex={vertex} />
          ) : (
            <Members vertex={vertex} tasks={view.tasks} />
          )}
          <Time view={view} mode={colours.mode} />
          <Rates view={view} source={kind === 'source'} sink={kind === 'sink'} />
          <div className="node-foot">
            <span className="node-watermark">
              <i>wm</i> {view.watermark}
            </span>
            {!SAID.includes(colours.mode) && <ModeNumber view={view} mode={colours.mode} />}
            <RateLine vertexId={vertex.id} source={kind === 'source'} />
          </div>
        </div>
      </NodeBox>
      {vertex.operators.length > 1 && <ChainToggle vertex={vertex} expanded={expanded} />}
    </>
  );
});

/** Opens what the chain is made of. Beside the node, which is a button itself. */
function ChainToggle({ vertex, expanded }: { vertex: Vertex; expanded: boolean }) {
  const walk = use(GraphWalkContext);
  const Icon = expanded ? ChevronUp : ChevronDown;
  return (
    <button
      type="button"
      className="chain-toggle"
      aria-expanded={expanded}
      aria-label={`Operators of ${vertexTitle(vertex)}`}
      onClick={() => walk.toggleChain(vertex.id)}
    >
      <Icon aria-hidden="true" />
    </button>
  );
}

/** What the colour stands for, where the node would not say it otherwise. */
function ModeNumber({ view, mode }: { view: NodeView; mode: ColourMode }) {
  return (
    <span className="node-mode" title={MODE_LOOKS[mode].label}>
      {view.value}
    </span>
  );
}

function Members({ vertex, tasks }: { vertex: Vertex; tasks: string }) {
  const { names, more } = listedMembers(vertex);
  if (tasks !== '') {
    const failed = / failed\b/.test(tasks);
    return <div className={failed ? 'node-type tone-fail' : 'node-type tone-warn'}>{tasks}</div>;
  }
  if (names.length === 0) return <div className="node-type">{typeLine(vertex)}</div>;
  return (
    <ul className="node-chain">
      {names.map((name) => (
        <li key={name}>{name}</li>
      ))}
      {more > 0 && <li>and {more} more</li>}
    </ul>
  );
}

const WORDS = ['busy', 'bp', 'idle'];
const FULL_WORDS = ['busy', 'backpr.', 'idle'];

function Time({ view, mode }: { view: NodeView; mode: ColourMode }) {
  if (view.parts === '') {
    return (
      <>
        <StackedBar parts={null} />
        <div className="node-time">no numbers</div>
      </>
    );
  }
  const parts = view.parts.split(' ').map(Number);
  const largest = parts.indexOf(Math.max(...parts));
  return (
    <>
      <StackedBar parts={parts} />
      <div className="node-time">
        {parts.map((part, at) => (
          <span key={WORDS[at]} className={at === largest ? 'largest' : undefined}>
            {WORDS[at]} <b>{part}</b>
          </span>
        ))}
      </div>
      <div className="node-one" aria-hidden="true">
        {mode === 'busyness' ? (
          <>
            <b>{parts[largest]} %</b> {FULL_WORDS[largest]}
          </>
        ) : (
          <>
            <b>{view.value}</b> {MODE_LOOKS[mode].short}
          </>
        )}
      </div>
    </>
  );
}

function Rates({ view, source, sink }: { view: NodeView; source: boolean; sink: boolean }) {
  return (
    <div className="node-rates">
      <span>
        {!source && (
          <>
            <i>in</i> {view.recordsIn}
          </>
        )}
      </span>
      <span>
        {!sink && (
          <>
            <i>out</i> {view.recordsOut}
          </>
        )}
      </span>
    </div>
  );
}

function RateLine({ vertexId, source }: { vertexId: string; source: boolean }) {
  const column = source ? VERTEX_COLUMNS.recordsOut : VERTEX_COLUMNS.recordsIn;
  const points = useJobChart(
    (store) => store.series(vertexId)?.sample(column, 0, POINTS),
    `${vertexId} ${column}`,
  );
  return <Sparkline points={points ?? []} width={54} height={16} dot={false} />;
}
