/**
 * Verdicts, states and checkpoints on one axis, and the moment that the page shows: drag to scrub,
 * with Shift for a range, or move the playhead by keyboard.
 */
import type { JobTopology } from '@weir/console-protocol';
import { memo, useMemo } from 'react';
import { useWidth } from '../../../components/use-width.ts';
import { Veil } from '../../../frame/time/mini-strip.tsx';
import { useScrub } from '../../../frame/time/use-scrub.ts';
import { useStrip } from '../../../frame/time/use-strip.ts';
import { useJobStore, useSelected } from '../../../live/use-live.ts';
import { stripBars } from '../../../model/checkpoints/checkpoint-history.ts';
import { clockMinute, clockTime } from '../../../model/time/clock-time.ts';
import type { Moment } from '../../../model/time/moment.ts';
import { type StripBand, stateBands, verdictBands } from '../../../model/timeline/strip-bands.ts';
import { type TimelineScale, timelineScale } from '../../../model/timeline/timeline-scale.ts';
import { vertexTitle } from '../../../model/graph/vertex-title.ts';
import { useStripCheckpoints } from '../../../rest/moment-queries.ts';
import { Playhead } from './playhead.tsx';

const HEIGHT = 88;
const LEFT = 88;
const RIGHT = 18;
const CHARACTER = 6.2;
const TAG_WIDTH = 58;

export function TimelineStrip() {
  const { jobId } = useJobStore();
  const [element, width] = useWidth<HTMLElement>();
  const { moment, source, first, last, live } = useStrip(jobId);
  const right = Math.max(LEFT + 1, width - RIGHT);
  const scale = timelineScale(last, first, LEFT, right);
  const scrub = useScrub(scale, moment, live);
  const { topology, states, spans, ticks } = useSelected(source, (store) => ({
    topology: store.topology,
    states: store.states,
    spans: store.verdicts.spans,
    ticks: store.ticks,
  }));
  const titleOf = useTitles(topology);
  const history = useStripCheckpoints(jobId, scale);
  return (
    <section
      ref={element}
      className="timeline"
      aria-label={live ? 'Last 30 minutes' : 'Time around the moment'}
    >
      {width > 0 && last > 0 && (
        <>
          <svg
            width={width}
            height={HEIGHT}
            role="img"
            aria-label={summary(spans, states)}
            {...scrub}
          >
            <Axis scale={scale} moment={moment} />
            {['Verdict', 'State', 'Checkpoints'].map((label, at) => (
              <text key={label} x="16" y={[31, 51, 76][at]}>
                {label}
              </text>
            ))}
            <Bands scale={scale} bands={verdictBands(spans, states, last, titleOf)} y={21} />
            <Bands scale={scale} bands={stateBands(states, last)} y={40} />
            {ticks.gaps(scale.from, last).map(({ from, to }) => (
              <UnknownTime key={from} from={scale.x(from)} to={scale.x(to)} />
            ))}
            <Checkpoints scale={scale} history={history} />
            <Veil {...{ moment, scale }} head left={LEFT} width={right} height={HEIGHT} />
            <Tags moment={moment} scale={scale} />
          </svg>
          <Playhead moment={moment} scale={scale} />
        </>
      )}
    </section>
  );
}

function useTitles(topology: JobTopology | null) {
  return useMemo(() => {
    const titles = new Map(topology?.vertices.map((vertex) => [vertex.id, vertexTitle(vertex)]));
    return (vertexId: string) => titles.get(vertexId);
  }, [topology]);
}

function summary(verdicts: readonly unknown[], states: readonly unknown[]): string {
  const changes = Math.max(0, states.length - 1);
  const limits = verdicts.length === 1 ? '1 bottleneck' : `${verdicts.length || 'no'} bottlenecks`;
  const moves = changes === 1 ? '1 change' : `${changes} changes`;
  return `In this time: ${limits}, ${moves} of state.`;
}

/** A label that the moment's own time would cover is left out. */
function Axis({ scale, moment }: { scale: TimelineScale; moment: Moment }) {
  const tags = tagTimes(moment).map((t) => scale.x(t));
  const ends = scale.x(scale.to) + RIGHT - TAG_WIDTH / 2;
  return scale.ticks.map((t) => {
    const x = scale.x(t);
    return (
      <g key={t}>
        <line className="grid" x1={x} x2={x} y1="16" y2={HEIGHT - 4} />
        {tags.every((tag) => Math.abs(tag - x) > TAG_WIDTH) && (
          <text x={Math.min(x, ends)} y="12" textAnchor="middle">
            {scale.step < 60_000 ? clockTime(t) : clockMinute(t)}
          </text>
        )}
      </g>
    );
  });
}

function tagTimes(moment: Moment): number[] {
  if (moment.kind === 'live') return [];
  return moment.kind === 'instant' ? [moment.at] : [moment.from, moment.to];
}

function Tags({ moment, scale }: { moment: Moment; scale: TimelineScale }) {
  return tagTimes(moment).map((t) => {
    const x = Math.min(scale.x(t), scale.x(scale.to) - TAG_WIDTH / 2 + RIGHT - 2);
    return (
      <g key={t} className="time-tag">
        <rect x={x - TAG_WIDTH / 2} y="0" width={TAG_WIDTH} height="16" rx="3" />
        <text x={x} y="12" textAnchor="middle">
          {clockTime(t)}
        </text>
      </g>
    );
  });
}

/** Hatched: the server was down, or nothing is kept. */
function UnknownTime({ from, to }: { from: number; to: number }) {
  return (
    <g className="unknown-time">
      <title>Nothing is kept of this time</title>
      <rect x={from} y="17" width={Math.max(1, to - from)} height={HEIGHT - 21} />
    </g>
  );
}

function Bands(props: { scale: TimelineScale; bands: readonly StripBand[]; y: number }) {
  const { scale, bands, y } = props;
  return bands
    .filter(({ to }) => to > scale.from)
    .map(({ from, to, fill, ink, text, more }) => {
      const x = scale.x(from);
      const width = Math.max(2, scale.x(to) - x);
      const fits = (words: string) => width > words.length * CHARACTER + 12;
      return (
        <g key={from}>
          <title>{`${text}${more} from ${clockTime(from)}`}</title>
          <rect x={x} y={y} width={width} height="14" rx="2" fill={fill} />
          {fits(text) && (
            <text className="band" x={x + 6} y={y + 10.5} style={{ fill: ink }}>
              {fits(text + more) ? text + more : text}
            </text>
          )}
        </g>
      );
    });
}

type History = Parameters<typeof stripBars>[0];

const Checkpoints = memo(function Checkpoints(props: { scale: TimelineScale; history: History }) {
  const { scale, history } = props;
  return stripBars(history, scale.to, history.length)
    .filter(({ triggeredAt }) => triggeredAt > scale.from && triggeredAt <= scale.to)
    .map(({ id, tone, savepoint, height, triggeredAt }) => {
      const x = scale.x(triggeredAt);
      if (tone === 'failed') {
        return (
          <path key={id} className="failed" d={`M${x - 3.5} 68l7 7m0 -7l-7 7`}>
            <title>{`#${id} failed`}</title>
          </path>
        );
      }
      const tall = 4 + height * 15;
      const fill = tone === 'slow' ? 'var(--warn)' : 'var(--text-3)';
      return (
        <g key={id}>
          <title>{`#${id}, ${clockTime(triggeredAt)}`}</title>
          {savepoint ? (
            <path d={`M${x - 5} 65h10v15l-5 -4 -5 4z`} fill="var(--accent)" />
          ) : (
            <rect x={x - 2} y={82 - tall} width="4" height={tall} rx="1" fill={fill} />
          )}
        </g>
      );
    });
});
