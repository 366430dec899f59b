/** One moment in a lane, by its shape. */
import type { LaneMark } from '../../../model/timeline/timeline-marks.ts';

export function Mark({ mark, y, size }: { mark: LaneMark; y: number; size: number }) {
  const { x, shape, height, row } = mark;
  const middle = y + size / 2;
  const title = row === null ? null : <title>{`${row.what} ${row.why}`}</title>;
  switch (shape) {
    case 'bar':
    case 'slow': {
      const tall = 3 + height * (size - 8);
      return (
        <rect className={`tl-${shape}`} x={x - 2} y={y + size - 3 - tall} width="4" height={tall}>
          {title}
        </rect>
      );
    }
    case 'cross':
      return (
        <path className="tl-cross" d={`M${x - 4} ${middle - 4}l8 8m0 -8l-8 8`}>
          {title}
        </path>
      );
    case 'bookmark':
      return (
        <path className="tl-bookmark" d={`M${x - 4.5} ${middle - 6}h9v12l-4.500 -4 -4.500 4z`}>
          {title}
        </path>
      );
    case 'ring':
      return (
        <circle className="tl-ring" cx={x} cy={middle} r="4">
          {title}
        </circle>
      );
    case 'triangle':
      return (
        <path className="tl-triangle" d={`M${x - 5} ${middle + 4}h10l-5 -9z`}>
          {title}
        </path>
      );
    case 'person':
      return (
        <g className="tl-person">
          {title}
          <circle cx={x} cy={middle - 3} r="2.4" />
          <path d={`M${x - 4} ${middle + 5}c0 -5 8 -5 8 0`} />
        </g>
      );
    default:
      return (
        <path
          className="tl-diamond"
          d={`M${x} ${middle - 5.5}l5.500 5.500-5.500 5.500-5.500-5.500z`}
        >
          {title}
        </path>
      );
  }
}
