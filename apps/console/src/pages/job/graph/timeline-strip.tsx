/** The last half hour on one axis: verdicts, states, checkpoints. */
import { useQuery } from '@tanstack/react-query';
import { memo } from 'react';
import { useWidth } from '../../../components/use-width.ts';
import { useJob, useJobStore } from '../../../live/use-live.ts';
import { stripBars } from '../../../model/checkpoint-history.ts';
import { clockMinute, clockTime } from '../../../model/clock-time.ts';
import { stateTone } from '../../../model/job-state.ts';
import { type TimelineScale, timelineScale } from '../../../model/timeline-scale.ts';
import { checkpointsQuery } from '../../../rest/job-queries.ts';

const HEIGHT = 88;
const LEFT = 88;
const RIGHT = 18;
const CHARACTER = 6.2;

interface Band {
  readonly from: number;
  readonly to: number;
  readonly fill: string;
  readonly ink: string;
  readonly text: string;
}

export function TimelineStrip() {
  const { jobId } = useJobStore();
  const [element, width] = useWidth<HTMLElement>();
  const { now, states, spans, first } = useJob((store) => ({
    now: store.latest?.t ?? 0,
    states: store.states,
    spans: store.verdicts.spans,
    first: store.job.firstTime() ?? 0,
  }));
  const { data } = useQuery(checkpointsQuery(jobId));
  const scale = timelineScale(now, first, LEFT, Math.max(LEFT + 1, width - RIGHT));
  const verdictBands: Band[] = [];
  let end = first;
  for (const { from, to } of spans) {
    if (from > end) verdictBands.push(healthy(end, from));
    verdictBands.push({
      from,
      to: to ?? now,
      fill: 'var(--busy-100)',
      ink: 'var(--busy-ink-100)',
      text: 'bottleneck',
    });
    end = to ?? now;
  }
  if (end < now) verdictBands.push(healthy(end, now));
  const stateBands = states.map(({ state, from }, at): Band => {
    const tone = stateTone(state);
    const to = states[at + 1]?.from ?? now;
    return { from, to, text: state, ...STATE_LOOK[tone] };
  });
  return (
    <section ref={element} className="timeline" aria-label="Last 30 minutes">
      {width > 0 && now > 0 && (
        <svg
          width={width}
          height={HEIGHT}
          role="img"
          aria-label={summary(spans.length, states.length)}
        >
          <Axis scale={scale} />
          <text x="16" y="31">
            Verdict
          </text>
          <text x="16" y="51">
            State
          </text>
          <text x="16" y="76">
            Checkpoints
          </text>
          <Bands scale={scale} bands={verdictBands} y={21} />
          <Bands scale={scale} bands={stateBands} y={40} />
          <Checkpoints scale={scale} history={data?.history ?? []} />
          <line className="now" x1={scale.x(now)} x2={scale.x(now)} y1="14" y2={HEIGHT - 2} />
        </svg>
      )}
    </section>
  );
}

const STATE_LOOK = {
  run: { fill: 'var(--ok-tint)', ink: 'var(--ok)' },
  change: { fill: 'var(--warn-fill)', ink: 'var(--warn-fill-ink)' },
  fail: { fill: 'var(--fail-tint)', ink: 'var(--fail)' },
  done: { fill: 'var(--sunken)', ink: 'var(--text-2)' },
  cancel: { fill: 'var(--sunken)', ink: 'var(--text-2)' },
} as const;

function healthy(from: number, to: number): Band {
  return { from, to, fill: 'var(--sunken)', ink: 'var(--text-2)', text: 'healthy' };
}

function summary(verdicts: number, states: number): string {
  const changes = Math.max(0, states - 1);
  const limits = verdicts === 1 ? '1 bottleneck' : `${verdicts || 'no'} bottlenecks`;
  const moves = changes === 1 ? '1 change' : `${changes} changes`;
  return `In the last 30 minutes: ${limits}, ${moves} of state.`;
}

function Axis({ scale }: { scale: TimelineScale }) {
  return scale.ticks.map((t) => (
    <g key={t}>
      <line className="grid" x1={scale.x(t)} x2={scale.x(t)} y1="16" y2={HEIGHT - 4} />
      <text x={scale.x(t)} y="12" textAnchor="middle">
        {scale.step < 60_000 ? clockTime(t) : clockMinute(t)}
      </text>
    </g>
  ));
}

function Bands(props: { scale: TimelineScale; bands: readonly Band[]; y: number }) {
  const { scale, bands, y } = props;
  return bands
    .filter(({ to }) => to > scale.from)
    .map(({ from, to, fill, ink, text }) => {
      const x = scale.x(from);
      const width = Math.max(2, scale.x(to) - x);
      return (
        <g key={from}>
          <title>{`${text} from ${clockTime(from)}`}</title>
          <rect x={x} y={y} width={width} height="14" rx="2" fill={fill} />
          {width > text.length * CHARACTER + 12 && (
            <text className="band" x={x + 6} y={y + 10.5} style={{ fill: ink }}>
              {text}
            </text>
          )}
        </g>
      );
    });
}

type History = Parameters<typeof stripBars>[0];

const Checkpoints = memo(function Checkpoints(props: { scale: TimelineScale; history: History }) {
  const { scale, history } = props;
  return stripBars(history, scale.to)
    .filter(({ triggeredAt }) => triggeredAt > scale.from)
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
