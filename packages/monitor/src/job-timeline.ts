/** A job's history at the resolution of a screen: columns of rates, spans of states and verdicts. */
import type { JobHistory, JobTick, JobTimeline } from '@weir/console-protocol';

/** @param columnsMax of the rates. Cost O(ticks). */
export function timelineOf(history: JobHistory, columnsMax: number): JobTimeline {
  const { from, to, step, ticks, events } = history;
  const width = Math.max(step, (to - from) / columnsMax);
  const columns = [...Map.groupBy(ticks, ({ t }) => Math.floor((t - from) / width)).values()];
  return {
    from,
    to,
    step,
    width,
    times: columns.map((column) => column[0]!.t),
    recordsIn: columns.map((column) => meanOf(known(column))),
    recordsInLow: columns.map((column) => lowestOf(known(column))),
    states: statesOf(ticks, width),
    verdicts: verdictsOf(ticks),
    events,
  };
}

/** A span ends where nothing is known any more. */
function statesOf(ticks: readonly JobTick[], gapMs: number): JobTimeline['states'] {
  const spans: JobTimeline['states'] = [];
  let before: JobTick | null = null;
  for (const tick of ticks) {
    const last = spans.at(-1);
    const gap = before !== null && tick.t - before.t > 3 * gapMs;
    if (last === undefined || gap || last.state !== tick.state) {
      if (last !== undefined && !gap) last.to = tick.t;
      spans.push({ state: tick.state, from: tick.t, to: tick.t });
    } else last.to = tick.t;
    before = tick;
  }
  return spans;
}

function verdictsOf(ticks: readonly JobTick[]): JobTimeline['verdicts'] {
  const spans: JobTimeline['verdicts'] = [];
  let open: JobTimeline['verdicts'][number] | null = null;
  for (const { t, bottleneck } of ticks) {
    const found = bottleneck ?? null;
    if (open !== null && open.vertexId === found?.vertexId && found.since <= open.from) {
      open.cause = found.cause ?? open.cause;
      open.to = found.until ?? null;
      continue;
    }
    if (open !== null) open.to ??= found === null ? t : Math.max(open.from, found.since);
    open = null;
    if (found === null) continue;
    open = { vertexId: found.vertexId, cause: found.cause ?? null, from: found.since, to: null };
    spans.push(open);
  }
  return spans;
}

function known(column: readonly JobTick[]): number[] {
  return column.map(({ recordsIn }) => recordsIn).filter((rate) => rate !== null);
}

function meanOf(rates: readonly number[]): number | null {
  return rates.length === 0 ? null : rates.reduce((sum, rate) => sum + rate, 0) / rates.length;
}

function lowestOf(rates: readonly number[]): number | null {
  return rates.length === 0 ? null : Math.min(...rates);
}
