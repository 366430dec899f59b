/** What held for a while, as the bands of a strip of time. */
import type { JobState } from '@weir/console-protocol';
import { durationFigure, figureText } from '../figures/figures.ts';
import { stateTone } from '../jobs/job-state.ts';
import type { VerdictSpan } from '../verdict/verdict-tracker.ts';

export interface StripBand {
  readonly from: number;
  readonly to: number;
  readonly fill: string;
  readonly ink: string;
  readonly text: string;
  /** What the text goes on with where there is room. */
  readonly more: string;
}

interface StateSpan {
  readonly state: JobState;
  readonly from: number;
  /** Missing = until the next one. */
  readonly to?: number;
}

/**
 * Between verdicts the job was healthy as long as it ran; of what did not run nothing is said.
 *
 * @param titleOf the name of a vertex; undefined where the graph has none of this id.
 */
export function verdictBands(
  spans: readonly VerdictSpan[],
  states: readonly StateSpan[],
  last: number,
  titleOf: (vertexId: string) => string | undefined = () => undefined,
): StripBand[] {
  const limited = spans.map(({ vertexId, from, to }) => {
    const title = titleOf(vertexId);
    return { ...BOTTLENECK, more: title === undefined ? '' : `: ${title}`, from, to: to ?? last };
  });
  const ran = stateBands(states, last).filter(({ text }) => text === 'RUNNING');
  const healthy = ran.flatMap((span) => without(span, limited));
  return [...limited, ...healthy.map((span) => ({ ...HEALTHY, ...span }))];
}

interface Span {
  readonly from: number;
  readonly to: number;
}

/** What is left of a span between others, which are in order. */
function without({ from, to }: Span, others: readonly Span[]): Span[] {
  const left: Span[] = [];
  let at = from;
  for (const other of others) {
    if (other.to <= at || other.from >= to) continue;
    if (other.from > at) left.push({ from: at, to: other.from });
    at = other.to;
  }
  return at < to ? [...left, { from: at, to }] : left;
}

export function stateBands(states: readonly StateSpan[], last: number): StripBand[] {
  return states.map(({ state, from, to }, at) => {
    const end = to ?? states[at + 1]?.from ?? last;
    const more = restartText(states, at);
    return { from, to: end, text: state, more, ...STATE_LOOK[stateTone(state)] };
  });
}

/** How long it took until the job ran again. */
function restartText(states: readonly StateSpan[], at: number): string {
  const again = states[at];
  if (again?.state !== 'RUNNING') return '';
  const stopped = states.slice(0, at).findLastIndex(({ state }) => state === 'RUNNING') + 1;
  const first = states[stopped];
  if (stopped === 0 || first === undefined || stopped === at) return '';
  return ` · restarted in ${figureText(durationFigure(again.from - first.from))}`;
}

const STATE_LOOK = {
  run: { fill: 'var(--ok-tint)', ink: 'var(--ok)' },
  change: { fill: 'var(--warn-fill)', ink: 'var(--warn-fill-ink)' },
  fail: { fill: 'var(--fail-tint)', ink: 'var(--fail)' },
  done: { fill: 'var(--sunken)', ink: 'var(--text-2)' },
  cancel: { fill: 'var(--sunken)', ink: 'var(--text-2)' },
} as const;

const BOTTLENECK = {
  fill: 'var(--busy-100)',
  ink: 'var(--busy-ink-100)',
  text: 'bottleneck',
} as const;

const HEALTHY = { fill: 'var(--sunken)', ink: 'var(--text-2)', text: 'healthy', more: '' } as const;
