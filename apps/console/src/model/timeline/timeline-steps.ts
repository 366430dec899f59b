/** What an event did to the job, as dated steps to its end. */
import type { JobEvent, JobTimeline } from '@weir/console-protocol';
import { durationFigure, figureText } from '../figures/figures.ts';
import { parseStack } from '../task-managers/stack-frames.ts';
import type { TimelineRow } from './timeline-rows.ts';
import { actionRow, causeWords } from './timeline-words.ts';

export interface Step {
  readonly t: number;
  readonly text: string;
  readonly tone: 'fail' | 'plain' | 'good';
}

export interface Steps {
  readonly steps: readonly Step[];
  /** `11 s down`; null where nothing was. */
  readonly cost: string | null;
}

const SLACK_MS = 100;
const STEPS_MAX = 12;
const TERMINAL = new Set(['FAILED', 'FINISHED', 'CANCELED', 'SUSPENDED']);

export function stepsOf(
  row: TimelineRow,
  { events, ...lanes }: JobTimeline,
  titleOf: (vertexId: string | null) => string,
): Steps {
  switch (row.kind) {
    case 'exception':
      return failureSteps(row, events, lanes, titleOf);
    case 'action':
      return { steps: actionSteps(row, events, titleOf), cost: tookText(row, 'to its end') };
    case 'checkpoint':
    case 'savepoint':
      return { steps: checkpointSteps(row, titleOf), cost: null };
    case 'verdict':
      return { steps: verdictSteps(row, events), cost: null };
    default:
      return { steps: row.events.map((event) => stepOf(event, titleOf)), cost: null };
  }
}

/** Of the newest of the row: until the job runs again, or is over. */
function failureSteps(
  { t: begun }: TimelineRow,
  events: readonly JobEvent[],
  lanes: Omit<JobTimeline, 'events'>,
  titleOf: (vertexId: string | null) => string,
): Steps {
  const isState = ({ kind }: JobEvent) => kind === 'state' || kind === 'restart';
  const end = events.find(
    (one) => one.t >= begun && isState(one) && (one.text === 'RUNNING' || TERMINAL.has(one.text)),
  );
  const until = end?.t ?? Number.POSITIVE_INFINITY;
  const part = events.filter(
    (one) => one.t <= until && one.outcome !== 'running' && (one.t >= begun || isTold(one, begun)),
  );
  const isRoot = (one: JobEvent) => one.kind === 'exception' && one.follows !== true;
  const root = part.find((one) => isRoot(one) && one.t === begun);
  const followers = part.filter((one) => one.kind === 'exception' && one.follows === true).length;
  // The cause comes first, although what it takes with it may be told a moment before.
  const steps: Step[] = root === undefined ? [] : [stepOf(root, titleOf)];
  if (followers > 0) {
    const others = followers === 1 ? 'another task' : `${followers} other tasks`;
    steps.push({ t: begun, text: `${others} failed with it`, tone: 'fail' });
  }
  for (const event of part) {
    const routine = event.kind === 'checkpoint' && event.outcome !== 'failed';
    if (event.kind === 'exception' || event.kind === 'verdict' || routine) continue;
    steps.push(stepOf(event, titleOf));
  }
  const caughtUp = end?.text === 'RUNNING' ? catchUpOf(begun, end.t, lanes) : null;
  if (caughtUp !== null) {
    steps.push({ t: caughtUp, text: 'Reads as fast as before', tone: 'good' });
  }
  const cost = end?.text === 'RUNNING' ? `${figureText(durationFigure(end.t - begun))} down` : null;
  return { steps: steps.slice(0, STEPS_MAX), cost };
}

/** What the failure that begins at `begun` did may be told a moment before it. */
function isTold({ t, kind, text, outcome }: JobEvent, begun: number): boolean {
  if (t < begun - SLACK_MS) return false;
  if (kind === 'state' || kind === 'restart') return text === 'FAILING' || text === 'RESTARTING';
  return kind === 'exception' || outcome === 'failed';
}

/** When the sources read nine tenths of what they read before; null = not seen. */
function catchUpOf(
  begun: number,
  running: number,
  { times, recordsIn }: Omit<JobTimeline, 'events'>,
): number | null {
  const before = times.flatMap((t, at) => (t < begun && t > begun - 60_000 ? [recordsIn[at]] : []));
  const rates = before.filter((rate): rate is number => rate != null && rate > 0);
  if (rates.length < 3) return null;
  const usual = rates.sort((a, b) => a - b)[Math.floor(rates.length / 2)]!;
  const at = times.findIndex((t, index) => t >= running && (recordsIn[index] ?? 0) >= usual * 0.9);
  return at < 0 ? null : times[at]!;
}

function actionSteps(
  { events: both, t: begun }: TimelineRow,
  events: readonly JobEvent[],
  titleOf: (vertexId: string | null) => string,
): Step[] {
  const end = both.at(-1)!;
  const asked: Step = { t: begun, text: 'Asked for', tone: 'plain' };
  const between = events.filter(
    (one) =>
      one.t >= begun && one.t <= end.t + SLACK_MS && one.kind !== 'action' && isOfAction(one),
  );
  const outcome: Step[] =
    end.outcome === 'running' || both.length === 1
      ? []
      : [{ t: end.t, text: outcomeText(end), tone: end.outcome === 'failed' ? 'fail' : 'good' }];
  return [asked, ...between.map((event) => stepOf(event, titleOf)), ...outcome].slice(0, STEPS_MAX);
}

function isOfAction({ kind, outcome }: JobEvent): boolean {
  return kind === 'savepoint' ? outcome !== 'running' : kind === 'state';
}

function outcomeText(event: JobEvent): string {
  if (event.outcome === 'failed') return actionRow(event).why;
  if (event.path != null) return `Done: ${event.path}`;
  return 'Done';
}

function checkpointSteps(
  { events, tookMs, vertexId, subtask }: TimelineRow,
  titleOf: (vertexId: string | null) => string,
): Step[] {
  const [event] = events;
  if (event === undefined) return [];
  const steps: Step[] = [];
  if (tookMs !== null) steps.push({ t: event.t - tookMs, text: 'Triggered', tone: 'plain' });
  if (event.outcome === 'failed' && vertexId !== null) {
    const who = `${titleOf(vertexId)}${subtask === null ? '' : ` ${subtask}`}`;
    steps.push({ t: event.t, text: `${who} never acknowledged`, tone: 'fail' });
  }
  return [...steps, stepOf(event, titleOf)];
}

function verdictSteps({ vertexId, first, site }: TimelineRow, events: readonly JobEvent[]): Step[] {
  const same = events.filter(
    ({ verdict }) => verdict?.vertexId === vertexId && verdict.since === first,
  );
  return same.flatMap(({ t, verdict }): Step[] => {
    if (verdict === undefined) return [];
    const { phase, cause, until = t } = verdict;
    if (phase === 'end') return [{ t: until, text: 'Nothing waits for it any more', tone: 'good' }];
    const text = phase === 'burst' ? 'At its limit for a while' : causeWords(cause, site);
    const begun: Step = { t: first, text: 'The first evidence', tone: 'plain' };
    return [...(phase === 'begin' ? [begun] : []), { t, text: capitalised(text), tone: 'plain' }];
  });
}

function stepOf(event: JobEvent, titleOf: (vertexId: string | null) => string): Step {
  const { t, kind, text, subject, outcome } = event;
  switch (kind) {
    case 'exception': {
      const { name } = parseStack(event.stack ?? text);
      const where = event.operator ?? titleOf(event.vertexId ?? null);
      return { t, text: where === '' ? name : `${name} in ${where}`, tone: 'fail' };
    }
    case 'checkpoint':
    case 'savepoint': {
      const what = `${kind === 'savepoint' ? 'Savepoint ' : ''}#${subject}`;
      if (outcome === 'failed') return { t, text: `${what} failed`, tone: 'fail' };
      const took = figureText(durationFigure(event.durationMs ?? null));
      return { t, text: `${what} completed in ${took}`, tone: 'good' };
    }
    case 'action':
      return { t, text: actionRow(event).what, tone: 'plain' };
    default:
      return { t, text, tone: stateStepTone(text) };
  }
}

function stateStepTone(state: string): Step['tone'] {
  if (state === 'RUNNING' || state === 'FINISHED') return 'good';
  return state === 'FAILED' || state === 'FAILING' || state === 'SUSPENDED' ? 'fail' : 'plain';
}

function tookText({ tookMs }: TimelineRow, tail: string): string | null {
  return tookMs === null ? null : `${figureText(durationFigure(tookMs))} ${tail}`;
}

/** The first letter only. */
export function capitalised(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
