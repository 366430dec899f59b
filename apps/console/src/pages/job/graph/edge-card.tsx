/** What the edge below the pointer carries, how full it is, and whether a barrier is under way. */
import { useQuery } from '@tanstack/react-query';
import { useMoment } from '../../../frame/use-moment.ts';
import { useJob, useJobStore } from '../../../live/use-live.ts';
import { edgeSum } from '../../../model/graph/edge-sum.ts';
import {
  bytesFigure,
  countFigure,
  figureText,
  percentFigure,
} from '../../../model/figures/figures.ts';
import { checkpointsQuery } from '../../../rest/job-queries.ts';
import type { ChannelEdgeData } from './channel-edge.tsx';

export interface HoveredEdge {
  readonly edge: ChannelEdgeData;
  /** In the canvas, px. */
  readonly x: number;
  readonly y: number;
  /** On which side of the pointer there is room. */
  readonly left: boolean;
  readonly above: boolean;
}

export function EdgeCard({ hovered }: { hovered: HoveredEdge }) {
  const { edge, x, y, left, above } = hovered;
  const { rate, bytes, fill } = useJob((store) => {
    const sum = edgeSum(store, edge.indexes);
    return {
      rate: figureText(countFigure(sum.recordsPerSecond, 'rec/s')),
      bytes: `${figureText(bytesFigure(sum.bytesPerSecond))}/s`,
      fill: figureText(percentFigure(sum.fill)),
    };
  }, edge);
  const shift = `translate(${left ? '-100%' : '0'}, ${above ? '-100%' : '0'})`;
  const style = { left: x + (left ? -14 : 14), top: y + (above ? -10 : 10), transform: shift };
  return (
    <div className="edge-card" role="tooltip" style={style}>
      <b>{edge.names}</b>
      <span>
        {edge.strategy}, {edge.channels} {edge.channels === 1 ? 'channel' : 'channels'}
      </span>
      <dl>
        <dt>Records</dt>
        <dd>{rate}</dd>
        <dt>Bytes</dt>
        <dd>{bytes}</dd>
        <dt>{edge.indexes.length > 1 ? 'Fullest channel' : 'Channel'}</dt>
        <dd>{fill} full</dd>
        <Barrier />
      </dl>
    </div>
  );
}

/** Of the present only: what was under way in the past is not kept. */
function Barrier() {
  const { jobId } = useJobStore();
  const live = useMoment().kind === 'live';
  const { data } = useQuery(checkpointsQuery(jobId));
  if (!live || data === undefined) return null;
  const running = data.history.find(({ status }) => status === 'IN_PROGRESS');
  return (
    <>
      <dt>Barrier</dt>
      <dd>{running === undefined ? 'none' : `#${running.id} under way`}</dd>
    </>
  );
}
