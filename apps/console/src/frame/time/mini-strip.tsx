/** The strip in the top bar: load, restarts and bottlenecks of the time around, and the playhead. */
import { useMedia } from '../../components/use-media.ts';
import { sparkShape } from '../../model/figures/sparkline-path.ts';
import { stateTone } from '../../model/jobs/job-state.ts';
import { timelineScale } from '../../model/timeline/timeline-scale.ts';
import { JOB_COLUMNS, type JobStore } from '../../live/job-store.ts';
import { byChart, useSelected } from '../../live/use-live.ts';
import { useScrub } from './use-scrub.ts';
import { useStrip } from './use-strip.ts';

const WIDTH = 216;
/** In a window in which the bar is full. */
const NARROW = { query: '(max-width: 1240px)', width: 116 };
const HEIGHT = 30;
const LOAD_HEIGHT = 22;
const POINTS = 108;

/** Another way to what the menu and the strip below the graph offer by keyboard. */
export function MiniStrip({ jobId }: { jobId: string }) {
  const { moment, source, first, last, live } = useStrip(jobId);
  const width = useMedia(NARROW.query) ? NARROW.width : WIDTH;
  const scale = timelineScale(last, first, 0, width);
  const scrub = useScrub(scale, moment, live);
  const { points, spans, states } = useSelected(
    source,
    (store) => ({
      points: loadOf(store, scale.from),
      spans: store.verdicts.spans,
      states: store.states,
    }),
    scale.from,
    byChart,
  );
  const shown = points.filter(({ t }) => t >= scale.from);
  const begin = scale.x(shown[0]?.t ?? last);
  const { area } = sparkShape(shown, Math.max(1, width - begin), LOAD_HEIGHT);
  const bands = [
    ...states.map(({ state, from }, at) => ({
      from,
      to: states[at + 1]?.from ?? last,
      fill: stateTone(state) === 'change' ? 'var(--warn-fill)' : null,
    })),
    ...spans.map(({ from, to }) => ({ from, to: to ?? last, fill: 'var(--busy-100)' })),
  ];
  return (
    <svg className="mini-strip" width={width} height={HEIGHT} aria-hidden="true" {...scrub}>
      <rect className="track" y={HEIGHT - 4} width={width} height="3" />
      <path className="load" d={area} transform={`translate(${begin} 1)`} />
      {bands.map(({ from, to, fill }) =>
        fill === null || to < scale.from ? null : (
          <rect
            key={`${fill}${from}`}
            x={scale.x(from)}
            y={HEIGHT - 4}
            width={Math.max(2, scale.x(to) - scale.x(from))}
            height="3"
            fill={fill}
          />
        ),
      )}
      <Veil moment={moment} scale={scale} width={width} height={HEIGHT} />
    </svg>
  );
}

interface VeilProps {
  readonly moment: ReturnType<typeof useStrip>['moment'];
  readonly scale: { x(t: number): number; readonly to: number };
  readonly left?: number;
  /** The playhead gets something to grip. */
  readonly head?: boolean;
  readonly width: number;
  readonly height: number;
}

/** Covers what lies outside of the moment, and frames or marks what is shown. */
export function Veil({ moment, scale, left = 0, head = false, width, height }: VeilProps) {
  if (moment.kind === 'range') {
    const [from, to] = [scale.x(moment.from), scale.x(moment.to)];
    return (
      <>
        <rect className="veil" x={left} width={Math.max(0, from - left)} height={height} />
        <rect className="veil" x={to} width={Math.max(0, width - to)} height={height} />
        <rect
          className="window"
          x={from}
          y="1"
          width={Math.max(2, to - from)}
          height={height - 2}
        />
      </>
    );
  }
  const x = scale.x(moment.kind === 'instant' ? moment.at : scale.to);
  return (
    <>
      <rect className="veil" x={x} width={Math.max(0, width - x)} height={height} />
      <line className="playhead" x1={x} x2={x} y1="0" y2={height} />
      {head && <path className="playhead-flag" d={`M${x - 5} 0h10v5l-5 5l-5 -5z`} />}
    </>
  );
}

function loadOf(store: JobStore, from: number) {
  return store.job.sample(JOB_COLUMNS.recordsIn, from, POINTS);
}
