/** A small line without axes; decoration of a number that stands beside it. */
import { memo } from 'react';
import { type SparkPoint, sparkShape } from '../model/figures/sparkline-path.ts';

export interface SparklineProps {
  readonly points: readonly SparkPoint[];
  readonly width: number;
  readonly height: number;
  /** From this moment on the line takes `accent`. */
  readonly accentFrom?: number | null;
  readonly accent?: string;
  readonly dot?: boolean;
}

export const Sparkline = memo(function Sparkline(props: SparklineProps) {
  const { points, width, height, accentFrom = null, accent = 'var(--text-3)', dot = true } = props;
  const shape = sparkShape(points, width, height, accentFrom);
  const colour = shape.accent === '' ? 'var(--text-3)' : accent;
  return (
    <svg
      className="sparkline"
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      aria-hidden="true"
    >
      <path d={shape.area} fill="var(--text-3)" opacity=".09" />
      <path d={shape.line} className="spark-line" stroke="var(--text-3)" />
      {shape.accent !== '' && <path d={shape.accent} className="spark-line" stroke={accent} />}
      {dot && shape.end !== null && (
        <circle cx={shape.end.x} cy={shape.end.y} r="2" fill={colour} />
      )}
    </svg>
  );
});
