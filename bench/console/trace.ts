/**
 * What the main thread of a page did, from Chromium's trace. Durations are the thread's own CPU
 * time where the trace has it, so that other work on the machine does not count.
 */
import type { CDPSession } from '@playwright/test';

export interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly ts: number;
  readonly pid: number;
  readonly tid: number;
  /** µs, wall and CPU. */
  readonly dur?: number;
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}

const CATEGORIES = ['toplevel', 'devtools.timeline', 'v8', 'disabled-by-default-v8.gc'];
/** Entering JavaScript; nested ones are counted with what they are in. */
const SCRIPTING = new Set([
  'FunctionCall',
  'EvaluateScript',
  'V8.Execute',
  'v8.run',
  'TimerFire',
  'FireAnimationFrame',
  'RunMicrotasks',
  'WebSocketReceive',
  'EventDispatch',
]);

/** Traces while `work` runs. */
export async function traced(
  session: CDPSession,
  work: () => Promise<void>,
): Promise<TraceEvent[]> {
  const events: TraceEvent[] = [];
  session.on('Tracing.dataCollected', ({ value }) => {
    events.push(...(value as unknown as TraceEvent[]));
  });
  await session.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: { includedCategories: CATEGORIES },
  });
  await work();
  const complete = new Promise((resolve) => session.once('Tracing.tracingComplete', resolve));
  await session.send('Tracing.end');
  await complete;
  return mainThread(events);
}

/** Milliseconds of JavaScript, each moment counted once. */
export function scriptingMs(events: readonly TraceEvent[]): number {
  const calls = events
    .filter(({ name, ph }) => ph === 'X' && SCRIPTING.has(name))
    .sort((a, b) => a.ts - b.ts);
  let end = Number.NEGATIVE_INFINITY;
  let total = 0;
  for (const call of calls) {
    if (call.ts < end) continue;
    end = call.ts + (call.dur ?? 0);
    total += durationUs(call);
  }
  return total / 1000;
}

/** Milliseconds of each task, shortest first. */
export function taskMs(events: readonly TraceEvent[]): number[] {
  return events
    .filter(
      ({ name, ph }) =>
        ph === 'X' && (name === 'RunTask' || name === 'ThreadControllerImpl::RunTask'),
    )
    .map((task) => durationUs(task) / 1000)
    .sort((a, b) => a - b);
}

export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

function durationUs({ dur = 0, tdur }: TraceEvent): number {
  return tdur ?? dur;
}

/** Of the page: the renderer's main thread that ran the most tasks. */
function mainThread(events: readonly TraceEvent[]): TraceEvent[] {
  const named = events.filter(
    ({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain',
  );
  const byThread = Map.groupBy(events, ({ pid, tid }) => `${pid} ${tid}`);
  const mains = named.map(({ pid, tid }) => byThread.get(`${pid} ${tid}`) ?? []);
  return mains.sort((a, b) => b.length - a.length)[0] ?? [];
}
