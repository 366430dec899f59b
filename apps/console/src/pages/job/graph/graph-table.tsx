/** The graph as a table: the same facts for those who don't see it. */
import type { JobTopology } from '@weir/console-protocol';
import { useJob } from '../../../live/use-live.ts';
import { nodeView } from '../../../model/node-view.ts';
import { typeLine, type Vertex } from '../../../model/vertex-kind.ts';
import { vertexTitle } from '../../../model/vertex-title.ts';

export interface GraphTableProps {
  readonly topology: JobTopology;
  readonly selected: string | null;
  readonly found: string;
  readonly select: (vertexId: string | null) => void;
}

export function GraphTable({ topology, selected, found, select }: GraphTableProps) {
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
            <th scope="col">Reads from</th>
            {['Par.', 'Busy', 'Backpr.', 'Idle', 'In, rec/s', 'Out, rec/s', 'Watermark lag'].map(
              (head) => (
                <th key={head} scope="col" className="num">
                  {head}
                </th>
              ),
            )}
          </tr>
        </thead>
        <tbody>
          {shown.map((vertex) => (
            <VertexRow
              key={vertex.id}
              vertex={vertex}
              from={inputsOf(topology, vertex.id)}
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
  readonly from: string;
  readonly selected: boolean;
  readonly select: (vertexId: string | null) => void;
}

function VertexRow({ vertex, from, selected, select }: VertexRowProps) {
  const view = useJob((store) => nodeView(store, vertex.id), vertex.id);
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
      <td className="second">{from}</td>
      <td className="num">{vertex.parallelism}</td>
      <td className="num">{busy} %</td>
      <td className="num">{backpressured} %</td>
      <td className="num">{idle} %</td>
      <td className="num">{view.recordsIn}</td>
      <td className="num">{view.recordsOut}</td>
      <td className="num tone-watermark">{view.watermark}</td>
    </tr>
  );
}

function inputsOf(topology: JobTopology, vertexId: string): string {
  const inputs = topology.edges.filter(({ target }) => target === vertexId);
  if (inputs.length === 0) return '—';
  return inputs
    .map(({ source, strategy }) => {
      const vertex = topology.vertices.find(({ id }) => id === source);
      return `${vertex === undefined ? source : vertexTitle(vertex)} (${strategy})`;
    })
    .join(', ');
}
