/**
 * One edge, or several between the same two groups as one: width by throughput, colour by how full
 * its channels are, dashes in flow direction. The pointer brings its card.
 */
import { memo } from 'react';
import type { Edge, EdgeProps } from 'reactflow';
import type { PlacedEdge } from '../../../layout-worker/edge-paths.ts';
import { useJob } from '../../../live/use-live.ts';
import { channelColour } from '../../../model/graph/busy-ramp.ts';
import { edgeSum } from '../../../model/graph/edge-sum.ts';
import { edgeWidth, FULL_FROM, flowSeconds } from '../../../model/graph/edge-look.ts';

export interface ChannelEdgeData extends Record<string, unknown> {
  readonly placed: PlacedEdge;
  /** Indexes of the job's edges that are drawn as this one. */
  readonly indexes: readonly number[];
  /** Written on it; '' for a bundle. */
  readonly label: string;
  readonly strategy: string;
  readonly names: string;
  readonly channels: number;
  /** Of its line, 1 = between nodes of full size. */
  readonly thickness: number;
  readonly dim: boolean;
}

export type ChannelEdgeType = Edge<ChannelEdgeData, 'channel'>;

export const ChannelEdge = memo(function ChannelEdge({ id, data }: EdgeProps<ChannelEdgeType>) {
  const indexes = data?.indexes ?? NONE;
  const thickness = data?.thickness ?? 1;
  const labelled = (data?.label ?? '') !== '';
  const look = useJob((store) => {
    const { recordsPerSecond: rate, fill } = edgeSum(store, indexes);
    return {
      width: Math.round(edgeWidth(rate) * thickness * 10) / 10,
      colour: channelColour(fill),
      full: fill !== null && fill >= FULL_FROM,
      // Only beside a label is there room to say how full.
      percent: labelled && fill !== null ? Math.round(fill * 100) : 0,
      seconds: flowSeconds(rate, fill),
    };
  }, `${id} ${labelled}`);
  if (data === undefined) return null;
  const { placed, label, dim } = data;
  const { path, endX, endY, labelX, labelY, fullX, fullY } = placed;
  const { width, colour, full, percent, seconds } = look;
  return (
    <g className={dim ? 'channel dim' : 'channel'}>
      <path d={path} fill="none" stroke="transparent" strokeWidth="14" />
      <path d={path} fill="none" stroke={colour} strokeWidth={width} />
      {full && (
        <path
          d={path}
          fill="none"
          stroke="var(--bg)"
          strokeWidth={Math.max(1, width - 2)}
          strokeDasharray="2 3"
        />
      )}
      {seconds !== null && (
        <path
          className="flow"
          d={path}
          fill="none"
          stroke="var(--text-3)"
          strokeWidth={Math.max(1.2, width - 4)}
          strokeDasharray="3 21"
          style={{ animationDuration: `${seconds * DASHES_A_ROUND}s` }}
        />
      )}
      <path d={`M${endX - 2} ${endY - 4.5}l7 4.5 -7 4.5z`} fill={colour} />
      {labelled && (
        <text className="channel-label" x={labelX} y={labelY} textAnchor="middle">
          {label}
        </text>
      )}
      {full && labelled && (
        <text className="channel-full" x={fullX} y={fullY} textAnchor="middle">
          {percent} %<tspan className="channel-word"> full</tspan>
        </text>
      )}
    </g>
  );
});

const NONE: readonly number[] = [];
/** As the keyframes in graph.css have it. */
const DASHES_A_ROUND = 100;
