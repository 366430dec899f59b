/** What the charts of a job mark on their axis of time, oldest first. */
import type { JobState } from '@weir/console-protocol';
import type { VerdictSpan } from '../verdict/verdict-tracker.ts';

interface StateChange {
  readonly state: JobState;
  readonly from: number;
}

interface ChartEvent {
  readonly t: number;
  readonly kind: 'begin' | 'restart';
  readonly to?: number;
}

/** Where verdicts began, and the times in which the job was starting again. */
export function chartMarks(
  spans: readonly VerdictSpan[],
  states: readonly StateChange[],
): ChartEvent[] {
  const begun = spans.map(({ from }): ChartEvent => ({ t: from, kind: 'begin' }));
  const restarts = states.flatMap(({ state, from }, at): ChartEvent[] => {
    if (state !== 'RESTARTING') return [];
    const back = states.slice(at + 1).find((one) => one.state === 'RUNNING');
    return [{ t: from, kind: 'restart', ...(back === undefined ? {} : { to: back.from }) }];
  });
  return [...begun, ...restarts].sort((a, b) => a.t - b.t);
}
