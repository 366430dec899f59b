/** What held for a while, as the bands of a strip of time. */
import type { JobState } from '@weir/console-protocol';
import { stateTone } from './job-state.ts';
import type { VerdictSpan } from './verdict-tracker.ts';

export interface StripBand {
  readonly from: number;
  readonly to: number;
  readonly fill: string;
  readonly ink: string;
  readonly text: string;
}

/** Between verdicts the job was healthy, as far back as something is known. */
export function verdictBands(spans: readonly VerdictSpan[], first: number, last: number) {
  const bands: StripBand[] = [];
  let end = first;
  for (const { from, to } of spans) {
    if (from > end) bands.push(healthy(end, from));
    bands.push({
      from,
      to: to ?? last,
      fill: 'var(--busy-100)',
      ink: 'var(--busy-ink-100)',
      text: 'bottleneck',
    });
    end = to ?? last;
  }
  if (end < last) bands.push(healthy(end, last));
  return bands;
}

export function stateBands(
  states: readonly { readonly state: JobState; readonly from: number }[],
  last: number,
): StripBand[] {
  return states.map(({ state, from }, at) => {
    const to = states[at + 1]?.from ?? last;
    return { from, to, text: state, ...STATE_LOOK[stateTone(state)] };
  });
}

const STATE_LOOK = {
  run: { fill: 'var(--ok-tint)', ink: 'var(--ok)' },
  change: { fill: 'var(--warn-fill)', ink: 'var(--warn-fill-ink)' },
  fail: { fill: 'var(--fail-tint)', ink: 'var(--fail)' },
  done: { fill: 'var(--sunken)', ink: 'var(--text-2)' },
  cancel: { fill: 'var(--sunken)', ink: 'var(--text-2)' },
} as const;

function healthy(from: number, to: number): StripBand {
  return { from, to, fill: 'var(--sunken)', ink: 'var(--text-2)', text: 'healthy' };
}
