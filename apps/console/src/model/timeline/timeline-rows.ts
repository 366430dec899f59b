/**
 * A job's events as the rows of its timeline: what happened, why, where, how long or how often.
 *
 * Laws: equal exceptions are one row with their count; what failed within a second of a first cause
 * folds into it; so do the restarts of a cause that comes back again and again; an action's begin
 * and end are one row; checkpoints as usual are no rows.
 */
import type { JobEvent } from '@weir/console-protocol';
import { isSlow } from '../checkpoints/checkpoint-history.ts';
import { durationFigure, figureText } from '../figures/figures.ts';
import { ownFrame, parseStack, type StackFrame } from '../task-managers/stack-frames.ts';
import { actionRow, causeWords, type RowTone } from './timeline-words.ts';

export const ROW_KINDS = [
  'exception',
  'verdict',
  'checkpoint',
  'savepoint',
  'state',
  'action',
] as const;
export type RowKind = (typeof ROW_KINDS)[number];

export interface TimelineRow {
  /** Stays when more of the same comes. */
  readonly key: string;
  readonly kind: RowKind;
  readonly tone: RowTone;
  /** Of the newest, epoch ms. */
  readonly t: number;
  /** Of the first of its kind. */
  readonly first: number;
  readonly what: string;
  readonly why: string;
  readonly vertexId: string | null;
  /** The operator of the vertex, where it is known which. */
  readonly operator: string | null;
  readonly subtask: number | null;
  /** What it calls outside. */
  readonly site: string | null;
  readonly place: StackFrame | null;
  readonly tookMs: number | null;
  readonly times: number;
  /** Oldest first. */
  readonly events: readonly JobEvent[];
  /** What failed with it. */
  readonly followers: readonly JobEvent[];
  readonly relatedJobId: string | null;
}

const FOLLOWS_MS = 1000;
const LOOP_FROM = 3;
const USUAL_OVER = 20;
const TERMINAL = new Set(['FAILED', 'FINISHED', 'CANCELED', 'SUSPENDED']);
const SHOWN_STATES = new Set(['RUNNING', 'RESTARTING', ...TERMINAL]);

export interface RowOptions {
  /** Equal exceptions in one row, restart loops folded. */
  readonly grouped: boolean;
  /** What a vertex calls outside. */
  readonly siteOf?: (vertexId: string) => string | null;
}

/** Newest first. `events` come oldest first. */
export function timelineRows(
  events: readonly JobEvent[],
  { grouped, siteOf = () => null }: RowOptions,
): readonly TimelineRow[] {
  const failures = exceptionRows(events, grouped);
  const states = stateRows(events);
  const rows = [
    ...failures,
    ...(grouped ? states.filter((row) => !isOfLoop(row, failures)) : states),
    ...verdictRows(events, siteOf),
    ...checkpointRows(events, grouped ? failures : []),
    ...actionRows(events),
  ];
  return rows.sort((a, b) => b.t - a.t || order(a) - order(b));
}

/** How many rows there are of each kind; 0 where there are none. */
export function rowCounts(rows: readonly TimelineRow[]): Readonly<Record<RowKind, number>> {
  const counts = Object.fromEntries(ROW_KINDS.map((kind) => [kind, 0])) as Record<RowKind, number>;
  for (const { kind } of rows) counts[kind]++;
  return counts;
}

/** The row that a viewer most likely looks for: the newest failure, else the newest row. */
export function firstRow(rows: readonly TimelineRow[], at: number | null): TimelineRow | null {
  if (at !== null) return rows.find(({ t }) => t <= at + FOLLOWS_MS) ?? rows.at(-1) ?? null;
  return rows.find(({ kind }) => kind === 'exception') ?? rows[0] ?? null;
}

/** In the same instant the cause stands below what came of it. */
function order({ kind }: TimelineRow): number {
  return ['state', 'checkpoint', 'savepoint', 'verdict', 'action', 'exception'].indexOf(kind);
}

const EMPTY = {
  tone: 'plain' as RowTone,
  why: '',
  vertexId: null,
  operator: null,
  subtask: null,
  site: null,
  place: null,
  tookMs: null,
  times: 1,
  followers: [] as readonly JobEvent[],
  relatedJobId: null,
};

function exceptionRows(events: readonly JobEvent[], grouped: boolean): TimelineRow[] {
  const rows = new Map<string, TimelineRow>();
  let last: { key: string; t: number } | null = null;
  for (const event of events) {
    if (event.kind !== 'exception') continue;
    const { t, stack = event.text, vertexId = null, subtask = null, operator = null } = event;
    const before = last === null ? undefined : rows.get(last.key);
    if (event.follows === true && before !== undefined && t - last!.t <= FOLLOWS_MS) {
      rows.set(before.key, { ...before, followers: [...before.followers, event] });
      continue;
    }
    const parsed = parseStack(stack);
    const { name, message } = parsed;
    const place = ownFrame(parsed);
    const cause = [name, place?.file ?? message.replace(/\d+/g, '#'), place?.line, vertexId].join();
    const key = grouped ? `exception-${hashOf(cause)}` : `exception-${t}-${subtask}`;
    const known = rows.get(key);
    last = { key, t };
    rows.set(key, {
      ...EMPTY,
      key,
      kind: 'exception',
      tone: 'fail',
      t,
      first: known?.first ?? t,
      what: message === '' ? name : `${name}: ${message.split('\n')[0]}`,
      vertexId,
      operator,
      subtask: known === undefined || known.subtask === subtask ? subtask : null,
      place,
      times: (known?.times ?? 0) + 1,
      events: [...(known?.events ?? []), event],
      followers: known?.followers ?? [],
    });
  }
  return [...rows.values()].map((row) => ({ ...row, why: failureWhy(row) }));
}

function failureWhy({ times, followers }: TimelineRow): string {
  const with_ = followers.length === 0 ? '' : `first cause, ${followers.length} followed`;
  if (times < LOOP_FROM) return with_;
  return `restart loop, ${times} times${with_ === '' ? '' : `; ${with_}`}`;
}

function stateRows(events: readonly JobEvent[]): TimelineRow[] {
  const states = events.filter(
    ({ kind, text }) => (kind === 'state' || kind === 'restart') && SHOWN_STATES.has(text),
  );
  return states.map((event, at) => {
    const { t, text } = event;
    const next = states[at + 1];
    return {
      ...EMPTY,
      key: `state-${t}-${text}`,
      kind: 'state',
      tone: text === 'RUNNING' ? 'good' : text === 'FAILED' ? 'fail' : stateTone(text),
      t,
      first: t,
      what: text,
      why: stateWhy(event, events),
      tookMs: text === 'RESTARTING' && next !== undefined ? next.t - t : null,
      events: [event],
    };
  });
}

function stateTone(state: string): RowTone {
  return state === 'RESTARTING' || state === 'SUSPENDED' ? 'warn' : 'plain';
}

function stateWhy({ t, text }: JobEvent, events: readonly JobEvent[]): string {
  if (text === 'RUNNING') {
    const restored = events.find(
      (one) =>
        one.kind === 'restart' &&
        Math.abs(one.t - t) <= FOLLOWS_MS &&
        /^\d+$/.test(one.subject ?? ''),
    );
    return restored === undefined ? 'all its tasks run' : `from #${restored.subject}`;
  }
  if (text === 'RESTARTING' || text === 'FAILED') {
    const cause = causeOf(t, events);
    return cause === null ? '' : `after ${parseStack(cause.stack ?? cause.text).name}`;
  }
  if (text !== 'FINISHED') return '';
  const end = events.findLast((one) => one.ending !== undefined && one.outcome === 'completed');
  if (end === undefined) return 'all its input was read';
  return end.ending === 'drained'
    ? 'stopped and drained'
    : `stopped with savepoint #${end.subject}`;
}

function isOver(state: string): boolean {
  return TERMINAL.has(state) || state === 'CANCELLING';
}

function causeOf(t: number, events: readonly JobEvent[]): JobEvent | null {
  const before = events.findLast(
    (one) => one.kind === 'exception' && one.follows !== true && one.t <= t + FOLLOWS_MS,
  );
  return before !== undefined && t - before.t <= 2 * FOLLOWS_MS ? before : null;
}

/** A cause that came back at least three times takes its restarts with it. */
function isOfLoop({ t, what }: TimelineRow, failures: readonly TimelineRow[]): boolean {
  if (TERMINAL.has(what)) return false;
  const loops = failures.filter(({ times }) => times >= LOOP_FROM);
  return loops.some(({ events }) => {
    const at = events.findLast((one) => one.t <= t + FOLLOWS_MS);
    if (at === undefined) return false;
    const other = failures.some(({ events: others }) =>
      others.some((one) => one.t > at.t && one.t <= t),
    );
    const newest = at === events.at(-1);
    // How it is now is said by the newest pair, unless another failure follows.
    return !other && (!newest || what === 'RESTARTING');
  });
}

function verdictRows(
  events: readonly JobEvent[],
  siteOf: (vertexId: string) => string | null,
): TimelineRow[] {
  const rows: TimelineRow[] = [];
  const all = events.filter(({ verdict }) => verdict !== undefined);
  for (const event of all) {
    const { t, verdict } = event;
    if (verdict === undefined) continue;
    const { phase, vertexId, name, cause, since, until = t } = verdict;
    const end = endOfVerdict(events, event);
    const site = siteOf(vertexId);
    const row = {
      ...EMPTY,
      key: `verdict-${since}-${phase}-${vertexId}`,
      kind: 'verdict' as const,
      t: phase === 'begin' ? since : until,
      first: since,
      vertexId,
      operator: name,
      site,
      events: [event],
    };
    if (phase === 'begin') {
      const tookMs = end === null ? null : (end.verdict?.until ?? end.t) - since;
      const why = causeWords(cause, site);
      // Red is for what limits the job now.
      const tone = end === null ? 'cause' : 'plain';
      rows.push({ ...row, tone, what: 'Bottleneck', why, tookMs });
    } else if (phase === 'change') {
      rows.push({ ...row, tone: 'warn', what: 'Another cause', why: causeWords(cause, site) });
    } else if (phase === 'end') {
      // A job that fails or ends is limited by nothing; that is no recovery.
      const ends = (one: JobEvent) => isRoot(one) || (one.kind === 'state' && isOver(one.text));
      if (events.some((one) => ends(one) && Math.abs(one.t - t) <= 2 * FOLLOWS_MS)) continue;
      const why = `${name} keeps up again`;
      rows.push({ ...row, tone: 'good', what: 'Recovered', why, tookMs: until - since });
    } else {
      const why = 'at its limit for a while, recovered by itself';
      rows.push({ ...row, tone: 'warn', what: 'Burst', why, tookMs: t - since });
    }
  }
  return rows;
}

/**
 * Its end was told, or something shows that it is over: another verdict began, or the job did, since
 * nobody tells the end of what lasted when the server stopped.
 */
function endOfVerdict(events: readonly JobEvent[], { t, verdict: of }: JobEvent): JobEvent | null {
  const later = events.filter((one) => one.t > t);
  const ends = ({ kind, verdict }: JobEvent) => {
    if (verdict === undefined) return kind === 'state' || kind === 'restart';
    return (
      verdict.phase === 'begin' || (verdict.phase === 'end' && verdict.vertexId === of?.vertexId)
    );
  };
  return later.find(ends) ?? null;
}

function checkpointRows(events: readonly JobEvent[], loops: readonly TimelineRow[]): TimelineRow[] {
  const rows: TimelineRow[] = [];
  const durations: number[] = [];
  for (const event of events) {
    const { kind, t, outcome, subject, durationMs = null, vertexId = null, subtask = null } = event;
    if ((kind !== 'checkpoint' && kind !== 'savepoint') || outcome === 'running') continue;
    const row = { ...EMPTY, key: `${kind}-${subject}-${outcome}`, kind, t, first: t } as const;
    const about = { ...row, events: [event], tookMs: durationMs };
    if (outcome === 'failed') {
      if (loops.some((loop) => loop.times >= LOOP_FROM && near(loop, t))) continue;
      const why = event.text.replace(/^\w+ \d+ failed: /, '');
      // What a job takes with it that fails or is canceled is not the cause of anything.
      const tone = events.some((one) => takesAlong(one) && Math.abs(one.t - t) <= FOLLOWS_MS)
        ? 'plain'
        : 'fail';
      rows.push({ ...about, tone, what: `#${subject} failed`, why, vertexId, subtask });
    } else if (kind === 'savepoint') {
      rows.push({ ...about, tone: 'accent', what: `#${subject} completed`, why: event.path ?? '' });
    } else if (durationMs !== null) {
      const usual = medianOf(durations.slice(-USUAL_OVER));
      durations.push(durationMs);
      if (!isSlow(durationMs, usual)) continue;
      const why = `usually ${figureText(durationFigure(usual))}`;
      rows.push({ ...about, tone: 'warn', what: `#${subject} slow`, why });
    }
  }
  return rows;
}

function takesAlong(event: JobEvent): boolean {
  return isRoot(event) || (event.kind === 'state' && event.text === 'CANCELED');
}

function isRoot({ kind, follows }: JobEvent): boolean {
  return kind === 'exception' && follows !== true;
}

function near({ events }: TimelineRow, t: number): boolean {
  return events.some((one) => Math.abs(one.t - t) <= FOLLOWS_MS);
}

function actionRows(events: readonly JobEvent[]): TimelineRow[] {
  const actions = Map.groupBy(
    events.filter(({ kind }) => kind === 'action'),
    (event) => event.trace ?? `${event.t}`,
  );
  return [...actions].map(([trace, both]) => {
    const begun = both[0]!;
    const { what, why, tone } = actionRow(both.at(-1)!);
    return {
      ...EMPTY,
      key: `action-${trace}`,
      kind: 'action',
      t: begun.t,
      first: begun.t,
      what,
      why,
      tone,
      tookMs: both.at(-1)!.durationMs ?? null,
      events: both,
      relatedJobId: both.at(-1)!.relatedJobId ?? null,
    };
  });
}

function medianOf(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted.length < 3 ? null : sorted[Math.floor(sorted.length / 2)]!;
}

/** Short and stable, so that an address can name a row. */
function hashOf(text: string): string {
  let hash = 5381;
  for (let at = 0; at < text.length; at++) hash = (hash * 33 + text.charCodeAt(at)) >>> 0;
  return hash.toString(36);
}
