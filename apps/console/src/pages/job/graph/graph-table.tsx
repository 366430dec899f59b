/** The graph as a table: the same facts for those who don't see it. */
import type { JobTopology } from '@weir/console-protocol';
import { memo, useMemo } from 'react';
import { useJob } from '../../../live/use-live.ts';
import { MODE_LOOKS } from '../../../model/graph/colour-mode.ts';
import { fullest } from '../../../model/graph/edge-sum.ts';
import { figureText, percentFigure } from '../../../model/figures/figures.ts';
import type { Grouping } from '../../../model/graph/graph-groups.ts';
import { nodeView } from '../../../model/graph/node-view.ts';
import { typeLine, type Vertex } from '../../../model/graph/vertex-kind.ts';
import { vertexTitle } from '../../../model/graph/vertex-title.ts';
import { scaleOf, useGraphColours } from './graph-colours.ts';

export interface GraphTableProps {
  readonly topology: JobTopology;
  readonly grouping: Grouping | null;
  readonly selected: string | null;
  readonly found: string;
  readonly select: (vertexId: string | null) => void;
}

const HEADS = [
  'Par.',
  'Busy',
  'Backpr.',
  'Idle',
  'In, rec/s',
  'Out, rec/s',
  'Watermark lag',
  'Input',
];
/** Heads that say in other modes what the colour stands for already. */
const SAID: readonly string[] = ['busyness', 'backpressure', 'records', 'lag'];

export function GraphTable({ topology, grouping, selected, found, select }: GraphTableProps) {
  const { mode } = useGraphColours();
  const heads = SAID.includes(mode) ? HEADS : [...HEADS, capital(MODE_LOOKS[mode].label)];
  const inputs = useMemo(() => inputsBy(topology), [topology]);
  const wanted = found.trim().toLowerCase();
  const shown = topology.vertices.filter(({ name }) => name.toLowerCase().includes(wanted));
  return (
    <div className="scroll">
      <table>
        <caption className="hidden-text">Vertices of the job, from source to sink</caption>
        <thead>
          <tr>
            <th scope="col">Operator</th>
            <th scope="col">What</th>
            {grouping !== null && <th scope="col">Group</th>}
            <th scope="col">Reads from</th>
            {heads.map((head) => (
              <th
                key={head}
                scope="col"
                className="num"
                title={head === 'Input' ? 'How full its fullest input channel is' : undefined}
              >
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {shown.map((vertex) => (
            <VertexRow
              key={vertex.id}
              vertex={vertex}
              inputs={inputs.get(vertex.id) ?? NO_INPUTS}
              group={grouping?.groupOf.get(vertex.id) ?? null}
              selected={vertex.id === selected}
              select={select}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface VertexRowProps {
  readonly vertex: Vertex;
  readonly inputs: Inputs;
  readonly group: string | null;
  readonly selected: boolean;
  readonly select: (vertexId: string | null) => void;
}

const VertexRow = memo(function VertexRow(props: VertexRowProps) {
  const { vertex, inputs, group, selected, select } = props;
  const colours = useGraphColours();
  const view = useJob(
    (store) => ({
      ...nodeView(store, vertex.id, scaleOf(store, colours), colours.checkpoints),
      fill: figureText(percentFigure(fullest(store, inputs.indexes))),
    }),
    `${vertex.id} ${colours.key}`,
  );
  const [busy = '—', backpressured = '—', idle = '—'] =
    view.parts === '' ? [] : view.parts.split(' ');
  return (
    <tr className={selected ? 'selected' : undefined}>
      <th scope="row">
        <button type="button" className="link" onClick={() => select(vertex.id)}>
          {vertexTitle(vertex)}
        </button>{' '}
        {view.cause && <span className="chip cause">Bottleneck</span>}
      </th>
      <td className="second">{typeLine(vertex)}</td>
      {group !== null && <td className="second">{group}</td>}
      <td className="second">{inputs.names}</td>
      <td className="num">{vertex.parallelism}</td>
      <td className="num">{busy} %</td>
      <td className="num">{backpressured} %</td>
      <td className="num">{idle} %</td>
      <td className="num">{view.recordsIn}</td>
      <td className="num">{view.recordsOut}</td>
      <td className="num tone-watermark">{view.watermark}</td>
      <td className="num">{view.fill}</td>
      {!SAID.includes(colours.mode) && <td className="num">{view.value}</td>}
    </tr>
  );
});

interface Inputs {
  readonly names: string;
  readonly indexes: readonly number[];
}

const NO_INPUTS: Inputs = { names: '—', indexes: [] };

function inputsBy(topology: JobTopology): ReadonlyMap<string, Inputs> {
  const titles = new Map(topology.vertices.map((vertex) => [vertex.id, vertexTitle(vertex)]));
  const byTarget = Map.groupBy(topology.edges, ({ target }) => target);
  return new Map(
    [...byTarget].map(([target, edges]) => {
      const name = ({ source, strategy }: (typeof edges)[number]) =>
        `${titles.get(source) ?? source} (${strategy})`;
      const indexes = edges.map(({ index }) => index);
      return [target, { names: edges.map(name).join(', '), indexes }];
    }),
  );
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
