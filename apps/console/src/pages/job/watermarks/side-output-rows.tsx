/** What operators set apart in side outputs, as late records are where the job asks for them. */
import type { JobTopology } from '@weir/console-protocol';
import { FigureText } from '../../../components/figure-text.tsx';
import { Sparkline } from '../../../components/sparkline.tsx';
import { useJob } from '../../../live/use-live.ts';
import { VERTEX_COLUMNS } from '../../../live/vertex-series.ts';
import { edgeSum } from '../../../model/graph/edge-sum.ts';
import { countFigure, exact, figureText, percentFigure } from '../../../model/figures/figures.ts';
import { vertexTitle } from '../../../model/graph/vertex-title.ts';

const POINTS = 90;
const ROWS_MAX = 20;

type Edge = JobTopology['edges'][number];

export function SideOutputRows({ topology }: { topology: JobTopology }) {
  const sides = topology.edges.filter(({ outputTag }) => outputTag !== null);
  if (sides.length === 0) return null;
  return (
    <table className="plain late-table">
      <caption className="small second">Set apart in side outputs:</caption>
      <thead className="hidden-text">
        <tr>
          <th scope="col">Side output</th>
          <th scope="col">Trend</th>
          <th scope="col">Records a second</th>
          <th scope="col">Share</th>
        </tr>
      </thead>
      <tbody>
        {sides.slice(0, ROWS_MAX).map((edge) => (
          <SideRow key={edge.index} edge={edge} topology={topology} />
        ))}
      </tbody>
    </table>
  );
}

function SideRow({ edge, topology }: { edge: Edge; topology: JobTopology }) {
  const { index, source, target, outputTag } = edge;
  const alone = topology.edges.filter((one) => one.target === target).length === 1;
  const { rate, taken, points } = useJob((store) => {
    const series = alone ? store.series(target) : null;
    return {
      rate: edgeSum(store, [index]).recordsPerSecond,
      taken: store.vertex(source)?.recordsIn ?? null,
      points: series?.sample(VERTEX_COLUMNS.recordsIn, 0, POINTS) ?? [],
    };
  }, `${index}${target}`);
  const titleOf = (id: string) => {
    const vertex = topology.vertices.find((one) => one.id === id);
    return vertex === undefined ? id : vertexTitle(vertex);
  };
  const share = rate === null || taken === null || taken <= 0 ? null : Math.min(1, rate / taken);
  return (
    <tr>
      <th scope="row" title={`from ${titleOf(source)} to ${titleOf(target)}`}>
        {outputTag} <span className="quiet-text">→ {titleOf(target)}</span>
      </th>
      <td>
        <Sparkline points={points} width={96} height={20} />
      </td>
      <td className={rate === 0 ? 'num zero' : 'num'}>
        <FigureText figure={countFigure(rate, 'rec/s')} title={exact(rate, 'records/s')} />
      </td>
      <td
        className="num quiet-text"
        title={`of the ${figureText(countFigure(taken, 'rec/s'))} that ${titleOf(source)} takes`}
      >
        {figureText(percentFigure(share))}
      </td>
    </tr>
  );
}
