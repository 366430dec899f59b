/** The lanes: bands are lasting states, marks are moments. The list below says the same in words. */
import type { JobTimeline } from '@weir/console-protocol';
import { type MouseEvent, useMemo } from 'react';
import { serverClock } from '../../../live/server-clock.ts';
import { useWidth } from '../../../components/use-width.ts';
import { clockMinute, clockTime, dayAndTime } from '../../../model/time/clock-time.ts';
import { countFigure, figureText } from '../../../model/figures/figures.ts';
import type { Moment } from '../../../model/time/moment.ts';
import { type StripBand, stateBands, verdictBands } from '../../../model/timeline/strip-bands.ts';
import { type TimeAxis, timeAxis } from '../../../model/timeline/timeline-axis.ts';
import {
  checkpointMarks,
  type LaneMark,
  marksOf,
  placedLabels,
} from '../../../model/timeline/timeline-marks.ts';
import { type TimelineRow, timelineRows } from '../../../model/timeline/timeline-rows.ts';
import { causeWords } from '../../../model/timeline/timeline-words.ts';
import { Mark } from './lane-mark.tsx';

const GUTTER = 100;
const RIGHT = 16;
const AXIS = 26;
const ROW = 21;
const TALL = 25;
const SILHOUETTE = 34;
/** A click so near to a mark means it. */
const NEAR_PX = 9;

const LANES = [
  ['Records in', SILHOUETTE],
  ['State', ROW],
  ['Verdict', ROW],
  ['Checkpoints', TALL],
  ['Savepoints', ROW],
  ['Restarts', ROW],
  ['Exceptions', ROW],
  ['User actions', ROW],
] as const;
type LaneName = (typeof LANES)[number][0];

export interface TimelineLanesProps {
  readonly timeline: JobTimeline;
  readonly rows: readonly TimelineRow[];
  readonly selected: TimelineRow | null;
  readonly moment: Moment;
  readonly visit: (row: TimelineRow) => void;
  readonly goTo: (t: number) => void;
}

export function TimelineLanes(props: TimelineLanesProps) {
  const { timeline, rows, selected, moment, visit, goTo } = props;
  const [element, width] = useWidth<HTMLElement>();
  const axis = timeAxis(timeline, GUTTER, Math.max(GUTTER + 1, width - RIGHT));
  const tops = laneTops();
  const height = AXIS + LANES.reduce((sum, [, size]) => sum + size, 0) + 6;
  const states = useMemo(() => timelineRows(timeline.events, { grouped: false }), [timeline]);
  const lanes = lanesOf(timeline, rows, states, axis);
  const bands = useMemo(() => bandsOf(timeline), [timeline]);
  const click = ({ clientX, clientY, currentTarget }: MouseEvent<SVGSVGElement>) => {
    const box = currentTarget.getBoundingClientRect();
    const [x, y] = [clientX - box.left, clientY - box.top];
    if (x < GUTTER - 4) return;
    const lane = LANES.findLast(([name]) => y >= tops[name]);
    const marks = lane === undefined ? [] : lanes[lane[0]];
    const near = nearest(marks, x);
    if (near?.row != null) visit(near.row);
    else goTo(axis.t(x));
  };
  const shown = moment.kind === 'instant' ? moment.at : null;
  return (
    <section ref={element} className="tl-lanes" aria-label="Lanes">
      {width > 0 && (
        // The list is the way of the keyboard; its rows are the same moments.
        // biome-ignore lint/a11y/useKeyWithClickEvents: see above
        <svg
          width={width}
          height={height}
          role="img"
          aria-label={summary(timeline, rows)}
          onClick={click}
        >
          <Grid axis={axis} height={height} hidden={selected?.t ?? null} />
          {selected !== null && <SelectedTint axis={axis} t={selected.t} height={height} />}
          {LANES.map(([name, size]) => (
            <g key={name}>
              <line className="tl-rule" x1="16" x2={width} y1={tops[name]} y2={tops[name]} />
              <text className="tl-name" x="16" y={tops[name] + nameAt(name, size)}>
                {name}
              </text>
              <Bands
                {...{ timeline, axis }}
                y={tops[name]}
                bands={bands[name] ?? NO_BANDS}
                marks={lanes[name]}
              />
              <Lane
                marks={lanes[name]}
                bands={bands[name] ?? NO_BANDS}
                axis={axis}
                y={tops[name]}
                size={size}
              />
            </g>
          ))}
          <Silhouette timeline={timeline} axis={axis} y={tops['Records in']} />
          <Playhead axis={axis} t={shown ?? timeline.to} height={height} live={shown === null} />
          {selected !== null && <TimePill axis={axis} t={selected.t} />}
        </svg>
      )}
    </section>
  );
}

function laneTops(): Readonly<Record<LaneName, number>> {
  let y = AXIS;
  return Object.fromEntries(
    LANES.map(([name, size]) => {
      y += size;
      return [name, y - size];
    }),
  ) as Record<LaneName, number>;
}

function lanesOf(
  timeline: JobTimeline,
  rows: readonly TimelineRow[],
  /** Also what is folded in the list. */
  all: readonly TimelineRow[],
  axis: TimeAxis,
): Readonly<Record<LaneName, readonly LaneMark[]>> {
  return {
    'Records in': [],
    State: [],
    Verdict: marksOf(rows, 'verdict', axis, ({ what }) => (what === 'Burst' ? 'triangle' : null)),
    Checkpoints: checkpointMarks(timeline, rows, axis),
    Savepoints: marksOf(rows, 'savepoint', axis, ({ tone }) =>
      tone === 'fail' ? 'cross' : 'bookmark',
    ),
    Restarts: marksOf(all, 'state', axis, ({ what }) => (what === 'RESTARTING' ? 'ring' : null)),
    Exceptions: marksOf(rows, 'exception', axis, () => 'diamond'),
    'User actions': marksOf(rows, 'action', axis, () => 'person'),
  };
}

const NO_BANDS: readonly StripBand[] = [];

function bandsOf(timeline: JobTimeline): Partial<Record<LaneName, readonly StripBand[]>> {
  const { states, verdicts, to } = timeline;
  return { State: stateBands(states, to), Verdict: verdictBands(verdicts, states, to) };
}

function nearest(marks: readonly LaneMark[], x: number): LaneMark | null {
  let found: LaneMark | null = null;
  for (const mark of marks) {
    const far = Math.abs(mark.x - x);
    if (far <= NEAR_PX && (found === null || far < Math.abs(found.x - x))) found = mark;
  }
  return found;
}

interface LaneProps {
  readonly marks: readonly LaneMark[];
  readonly bands: readonly StripBand[];
  readonly axis: TimeAxis;
  readonly y: number;
  readonly size: number;
}

function Lane({ marks, bands, axis, y, size }: LaneProps) {
  const begins = bands.map(({ from }) => axis.x(from)).sort((a, b) => a - b);
  return (
    <>
      {marks.map((mark) => (
        <Mark key={mark.key} mark={mark} y={y} size={size} />
      ))}
      {placedLabels(marks, axis, begins).map(({ key, x, anchor, text }) => (
        <text key={key} className="tl-label" x={x} y={y + size / 2 + 4} textAnchor={anchor}>
          {text}
        </text>
      ))}
    </>
  );
}

function Grid({ axis, height, hidden }: { axis: TimeAxis; height: number; hidden: number | null }) {
  const covered = hidden === null ? Number.NaN : axis.x(hidden);
  return axis.ticks.map((t) => {
    const x = axis.x(t);
    return (
      <g key={t}>
        <line className="tl-grid" x1={x} x2={x} y1={AXIS} y2={height} />
        {!(Math.abs(x - covered) < 62) && (
          <text className="tl-tick" x={x} y="16" textAnchor="middle">
            {tickText(t, axis.step)}
          </text>
        )}
      </g>
    );
  });
}

function tickText(t: number, step: number): string {
  if (step < 60_000) return clockTime(t);
  return step < 86_400_000 ? clockMinute(t) : dayAndTime(t, serverClock.now()).split(',')[0]!;
}

function SelectedTint({ axis, t, height }: { axis: TimeAxis; t: number; height: number }) {
  if (t < axis.from || t > axis.to) return null;
  return <rect className="tl-tint" x={axis.x(t) - 9} y={AXIS - 4} width="18" height={height} />;
}

function TimePill({ axis, t }: { axis: TimeAxis; t: number }) {
  if (t < axis.from || t > axis.to) return null;
  const x = Math.min(axis.right - 26, Math.max(axis.left + 26, axis.x(t)));
  return (
    <g>
      <rect className="tl-pill" x={x - 29} y="3" width="58" height="17" rx="3" />
      <text className="tl-pill-text" x={x} y="16" textAnchor="middle">
        {clockTime(t)}
      </text>
    </g>
  );
}

function Playhead(props: { axis: TimeAxis; t: number; height: number; live: boolean }) {
  const { axis, t, height, live } = props;
  if (t < axis.from || t > axis.to) return null;
  const x = axis.x(t);
  return (
    <g className={live ? 'tl-head' : 'tl-head paused'}>
      <path d={`M${x - 4} ${AXIS - 8}h8v5l-4 4-4-4z`} />
      <line x1={x} x2={x} y1={AXIS - 4} y2={height} />
    </g>
  );
}

interface BandsProps {
  readonly timeline: JobTimeline;
  readonly axis: TimeAxis;
  readonly y: number;
}

/** The silhouette's lane has its newest number below the name. */
function nameAt(name: LaneName, size: number): number {
  return name === 'Records in' ? 14 : size / 2 + 4;
}

function Silhouette({ timeline, axis, y }: BandsProps) {
  const { times, recordsIn, recordsInLow, width } = timeline;
  const top = Math.max(1, ...recordsIn.map((rate) => rate ?? 0));
  const place = (rate: number) => y + SILHOUETTE - 3 - (rate / top) * (SILHOUETTE - 10);
  let area = '';
  let line = '';
  let open = false;
  const base = y + SILHOUETTE - 2;
  times.forEach((t, at) => {
    const rate = recordsIn[at];
    if (rate == null) return;
    const [x, low] = [axis.x(t), recordsInLow[at] ?? rate];
    const dip = low < rate * 0.6 ? `V${place(low)}V${place(rate)}` : '';
    line += `${open ? 'L' : 'M'}${x} ${place(rate)}${dip}`;
    area += `${open ? '' : `M${x} ${base}`}L${x} ${place(rate)}`;
    const next = times[at + 1];
    open = next !== undefined && next - t <= 2.5 * width && recordsIn[at + 1] != null;
    if (!open) area += `V${base}z`;
  });
  const last = recordsIn.findLast((rate) => rate !== null) ?? null;
  return (
    <g>
      <path className="tl-area" d={area} />
      <path className="tl-line" d={line} />
      <text className="tl-label quiet" x="16" y={y + SILHOUETTE - 6}>
        {figureText(countFigure(last, 'rec/s'))}
      </text>
    </g>
  );
}

/** Words only where no mark stands on them. */
function Bands(props: BandsProps & { bands: readonly StripBand[]; marks: readonly LaneMark[] }) {
  const { timeline, axis, y, bands, marks } = props;
  return bands.map((band) => {
    const begin = axis.x(band.from);
    const covered = marks.some(({ x }) => x > begin - 8 && x < begin + bandTextWidth(band) + 8);
    const cause = timeline.verdicts.find(({ from }) => from === band.from)?.cause;
    const limited = band.text === 'bottleneck' && cause !== undefined;
    const title = limited ? `bottleneck: ${causeWords(cause)}` : band.text;
    return <Band key={`${band.text}${band.from}`} {...{ axis, y, band, covered, title }} />;
  });
}

interface BandProps {
  readonly axis: TimeAxis;
  readonly y: number;
  readonly band: StripBand;
  readonly covered: boolean;
  readonly title: string;
}

function Band({ axis, y, band, covered, title }: BandProps) {
  const { from, to, fill, ink, text } = band;
  if (to < axis.from || from > axis.to) return null;
  const x = axis.x(from);
  const width = Math.max(2, axis.x(to) - x);
  return (
    <g>
      <title>{`${title}, ${clockTime(from)} to ${clockTime(to)}`}</title>
      <rect x={x} y={y + 4} width={width} height="14" rx="2" style={{ fill }} />
      {!covered && width > bandTextWidth(band) && (
        <text className="tl-band" x={x + 6} y={y + 15} style={{ fill: ink }}>
          {text}
        </text>
      )}
    </g>
  );
}

function bandTextWidth({ text }: StripBand): number {
  return text.length * 6.4 + 12;
}

function summary({ from, to, verdicts }: JobTimeline, rows: readonly TimelineRow[]): string {
  const many = (kind: TimelineRow['kind']) => rows.filter((row) => row.kind === kind).length;
  return (
    `From ${clockTime(from)} to ${clockTime(to)}: ${verdicts.length} bottlenecks, ` +
    `${many('exception')} causes of failures, ${many('savepoint')} savepoints, ` +
    `${many('action')} user actions. The list below has each of them.`
  );
}
