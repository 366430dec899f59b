/** Late records that operators dropped: how many, and whether they become more. */
import type { JobTopology } from '@weir/console-protocol';
import { FigureText } from '../../../components/figure-text.tsx';
import { Sparkline } from '../../../components/sparkline.tsx';
import type { JobStore } from '../../../live/job-store.ts';
import { useJob } from '../../../live/use-live.ts';
import { VERTEX_COLUMNS } from '../../../live/vertex-series.ts';
import { countFigure, exact, figureText } from '../../../model/figures/figures.ts';
import { lateRates } from '../../../model/watermarks/late-records.ts';
import type { Vertex } from '../../../model/graph/vertex-kind.ts';
import { vertexTitle } from '../../../model/graph/vertex-title.ts';
import { SideOutputRows } from './side-output-rows.tsx';

const POINTS = 90;
const ROWS_MAX = 20;

export function LatePanel({ topology }: { topology: JobTopology }) {
  const dropping = useJob((store) => droppers(topology, store), topology);
  return (
    <section className="section" aria-label="Late records">
      <div className="section-head">
        <h2>Late records</h2>
        <span className="right micro">dropped since the start</span>
      </div>
      {dropping.length === 0 ? (
        <p className="say">No operator has dropped a record for being late.</p>
      ) : (
        <table className="plain late-table">
          <caption className="hidden-text">Late records dropped, by operator</caption>
          <thead className="hidden-text">
            <tr>
              <th scope="col">Operator</th>
              <th scope="col">Trend</th>
              <th scope="col">Late dropped</th>
              <th scope="col">A minute</th>
            </tr>
          </thead>
          <tbody>
            {dropping.slice(0, ROWS_MAX).map((vertex) => (
              <LateRow key={vertex.id} vertex={vertex} />
            ))}
          </tbody>
        </table>
      )}
      <SideOutputRows topology={topology} />
    </section>
  );
}

/** Most first. */
function droppers({ vertices }: JobTopology, store: JobStore): Vertex[] {
  const late = (vertex: Vertex) => store.vertex(vertex.id)?.lateRecords ?? 0;
  return vertices.filter((vertex) => late(vertex) > 0).sort((a, b) => late(b) - late(a));
}

function LateRow({ vertex }: { vertex: Vertex }) {
  const { late, points, perMinute } = useJob((store) => {
    const all = store.series(vertex.id)?.sample(VERTEX_COLUMNS.lateRecords, 0, POINTS) ?? [];
    return {
      late: store.vertex(vertex.id)?.lateRecords ?? null,
      ...lateRates(all),
    };
  }, vertex.id);
  const trend = perMinute === 0 ? 'none now' : `+${figureText(countFigure(perMinute))} a minute`;
  return (
    <tr>
      <th scope="row">{vertexTitle(vertex)}</th>
      <td>
        <Sparkline points={points} width={96} height={20} />
      </td>
      <td className="num">
        <FigureText figure={countFigure(late)} title={exact(late, 'records')} />
      </td>
      <td className={perMinute === 0 ? 'num zero' : 'num'}>{trend}</td>
    </tr>
  );
}
