/** The operators of an expanded chain: what each sent on, and its share of the subtasks' time. */
import { useJob } from '../../../live/use-live.ts';
import { countFigure, figureText } from '../../../model/figures/figures.ts';
import { listedMembers } from '../../../model/graph/graph-shape.ts';
import type { Vertex } from '../../../model/graph/vertex-kind.ts';

export function ExpandedMembers({ vertex }: { vertex: Vertex }) {
  const { names } = listedMembers(vertex, true);
  return (
    <table className="node-operators">
      <thead>
        <tr>
          <th scope="col">operator</th>
          <th scope="col">records/s</th>
          <th scope="col">time</th>
        </tr>
      </thead>
      <tbody>
        {names.map((name, at) => (
          <Member key={vertex.operators[at]!.id} vertexId={vertex.id} name={name} at={at} />
        ))}
      </tbody>
    </table>
  );
}

function Member({ vertexId, name, at }: { vertexId: string; name: string; at: number }) {
  const { records, percent } = useJob((store) => {
    const operator = store.vertex(vertexId)?.operators?.[at];
    const running = operator?.running ?? null;
    // A sink at the end sends nothing on.
    const sent = operator?.recordsOut ?? null;
    const rate = sent === null || sent === 0 ? (operator?.recordsIn ?? sent) : sent;
    return {
      records: figureText(countFigure(rate)),
      percent: running === null ? null : Math.round(running * 100),
    };
  }, `${vertexId} ${at}`);
  return (
    <tr>
      <th scope="row" title={name}>
        {name}
      </th>
      <td>{records}</td>
      <td>
        <i aria-hidden="true">
          <u style={{ width: `${percent ?? 0}%` }} />
        </i>
        {percent === null ? '—' : `${percent}\u202f%`}
      </td>
    </tr>
  );
}
