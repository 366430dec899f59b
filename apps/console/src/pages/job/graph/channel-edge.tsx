/** One edge: width by throughput, colour by how full its channels are, dashes in flow direction. */
import { memo } from 'react';
import type { Edge, EdgeProps } from 'reactflow';
import { useJob } from '../../../live/use-live.ts';
import type { PlacedEdge } from '../../../layout-worker/edge-paths.ts';
import { channelColour } from '../../../model/busy-ramp.ts';
import { edgeWidth, FULL_FROM, flowSeconds } from '../../../model/edge-look.ts';
import { bytesFigure, countFigure, figureText, percentFigure } from '../../../model/figures.ts';

export type ChannelEdgeType = Edge<
  {
    readonly placed: PlacedEdge;
    readonly label: string;
    readonly strategy: string;
    readonly names: string;
    readonly dim: boolean;
  },
  'channel'
>;

export const ChannelEdge = memo(function ChannelEdge({ data }: EdgeProps<ChannelEdgeType>) {
  const index = data?.placed.index ?? -1;
  const look = useJob((store) => {
    const tick = store.edge(index);
    const rate = tick?.recordsPerSecond ?? null;
    const fill = tick?.fill ?? null;
    const percent = figureText(percentFigure(fill));
    const bytes = figureText(bytesFigure(tick?.bytesPerSecond ?? null));
    return {
      width: edgeWidth(rate),
      colour: channelColour(fill),
      full: fill !== null && fill >= FULL_FROM ? Math.round(fill * 100) : 0,
      seconds: flowSeconds(rate, fill),
      title: `${figureText(countFigure(rate, 'rec/s'))}, ${bytes}/s, channel ${percent} full`,
    };
  }, index);
  if (data === undefined) return null;
  const { placed, label, names, strategy, dim } = data;
  const { path, endX, endY, labelX, labelY, fullX, fullY } = placed;
  const { width, colour, full, seconds, title } = look;
  return (
    <g className={dim ? 'channel dim' : 'channel'}>
      <title>{`${names}, ${strategy}: ${title}`}</title>
      <path d={path} fill="none" stroke="transparent" strokeWidth="14" />
      <path d={path} fill="none" stroke={colour} strokeWidth={width} />
      {full > 0 && (
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
          style={{ animationDuration: `${seconds}s` }}
        />
      )}
      <path d={`M${endX - 2} ${endY - 4.5}l7 4.5 -7 4.5z`} fill={colour} />
      <text className="channel-label" x={labelX} y={labelY} textAnchor="middle">
        {label}
      </text>
      {full > 0 && (
        <text className="channel-full" x={fullX} y={fullY} textAnchor="middle">
          {full} %<tspan className="channel-word"> full</tspan>
        </text>
      )}
    </g>
  );
});
