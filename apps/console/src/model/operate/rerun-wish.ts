/** What the rerun dialog was told, what follows from it, and what the server is asked for. */
import type { RerunRequestInput } from '@weir/console-protocol';
import { splitArguments } from './argument-text.ts';
import { ageFigure, durationFigure, figureText } from '../figures/figures.ts';
import type { RestorePoint } from './restore-points.ts';

export type RestoreSource =
  /** A savepoint that is taken as the job stops. */
  | { readonly kind: 'now' }
  | { readonly kind: 'point'; readonly point: RestorePoint }
  | { readonly kind: 'path'; readonly path: string }
  | { readonly kind: 'none' };

export interface RerunWish {
  readonly source: RestoreSource;
  /** As typed. */
  readonly parallelism: string;
  readonly args: string;
}

export interface RerunSubject {
  /** Nothing of it runs that had to be stopped. */
  readonly ended: boolean;
  /** It stands still, with its checkpoints, until someone cancels it. */
  readonly suspended: boolean;
  readonly parallelism: number;
  /** The state cannot be spread over more. */
  readonly maxParallelism: number;
  /** Arguments as they are now, on one line. */
  readonly args: string;
}

export interface Consequence {
  readonly term: string;
  readonly text: string;
  readonly warn: boolean;
}

/** Null when the wish can be sent, else what is wrong with it. */
export function wishProblem(wish: RerunWish, subject: RerunSubject): string | null {
  const { source, parallelism, args } = wish;
  if (source.kind === 'path' && source.path.trim() === '') return 'Give the path of a savepoint.';
  if (!/^\d+$/.test(parallelism.trim()) || Number(parallelism) < 1) {
    return 'Parallelism is a whole number from 1.';
  }
  if (source.kind !== 'none' && Number(parallelism) > subject.maxParallelism) {
    return `Its state can be spread over at most ${subject.maxParallelism} subtasks.`;
  }
  return splitArguments(args) === null ? 'A quote in the arguments is not closed.' : null;
}

/** Only what differs from now is sent. */
export function rerunRequestOf(wish: RerunWish, subject: RerunSubject): RerunRequestInput {
  const { source, args } = wish;
  const parallelism = Number(wish.parallelism);
  const parts = args === subject.args ? null : splitArguments(args);
  const stop = source.kind === 'now' ? 'savepoint' : 'cancel';
  return {
    restorePath: pathOf(source),
    stopFirst: subject.ended ? null : stop,
    ...(parallelism === subject.parallelism ? {} : { parallelism }),
    ...(parts === null ? {} : { args: parts }),
  };
}

export function consequences(
  wish: RerunWish,
  subject: RerunSubject,
  now: number,
  lastTookMs: number | null,
): Consequence[] {
  const { source } = wish;
  const rows: Consequence[] = [stopRow(source, subject, lastTookMs), readRow(source, now)];
  const to = Number(wish.parallelism);
  const same = to === subject.parallelism;
  rows.push({
    term: 'Parallelism',
    text: same ? `stays ×${to}` : `×${subject.parallelism} → ×${wish.parallelism}`,
    warn: false,
  });
  if (wish.args !== subject.args) {
    rows.push({ term: 'Arguments', text: wish.args === '' ? 'none' : wish.args, warn: false });
  }
  const kept = subject.suspended
    ? 'a new job; cancel this one once that has completed a checkpoint'
    : 'a new job; this one stays with its history';
  rows.push({ term: 'Becomes', text: kept, warn: false });
  return rows;
}

export interface DownTime {
  readonly ms: number;
  /** With what it is based on. */
  readonly text: string;
}

/** About what a process takes to begin. */
const START_MS = 2000;

/**
 * How long nothing is read while the job is started anew.
 * @param savepointMs how long its newest checkpoint took; null = not known.
 * @param restartMs from the end of an earlier one until the next one ran; null = there was none.
 */
export function downTime(
  source: RestoreSource,
  savepointMs: number | null,
  restartMs: number | null,
): DownTime {
  const stopMs = source.kind === 'now' ? (savepointMs ?? 0) : 0;
  const ms = stopMs + (restartMs ?? START_MS);
  const words = (took: number) => figureText(durationFigure(took));
  const parts = [
    ...(stopMs === 0 ? [] : [['its last checkpoint', words(stopMs)] as const]),
    ...(restartMs === null ? [] : [['its last restart', words(restartMs)] as const]),
  ];
  // The second one does without its verb.
  const known = parts.map(([what, took], at) => `${what} ${at === 0 ? 'took ' : ''}${took}`);
  const assumed = restartMs === null ? ['it was never restarted, so 2 s to start are assumed'] : [];
  return {
    ms,
    text: `Nothing is read for about ${words(ms)}: ${[...known, ...assumed].join(', ')}.`,
  };
}

export function sourceName(source: RestoreSource): string {
  if (source.kind === 'now') return 'a savepoint taken now';
  if (source.kind === 'point') return `#${source.point.id}`;
  return source.kind === 'path' ? 'this path' : 'nothing';
}

function pathOf(source: RestoreSource): string | null {
  if (source.kind === 'point') return source.point.path;
  return source.kind === 'path' ? source.path.trim() : null;
}

function stopRow(
  source: RestoreSource,
  { ended, suspended }: RerunSubject,
  tookMs: number | null,
): Consequence {
  const term = 'Stops';
  if (suspended) return { term, text: 'it stands still already', warn: false };
  if (ended) return { term, text: 'it has ended already', warn: false };
  if (source.kind !== 'now') {
    return { term, text: 'by a cancel; no savepoint of now is taken', warn: true };
  }
  const took = tookMs === null ? '' : `, about ${figureText(durationFigure(tookMs))}`;
  return { term, text: `with a savepoint${took}`, warn: false };
}

function readRow(source: RestoreSource, now: number): Consequence {
  const term = 'Read again';
  switch (source.kind) {
    case 'now':
      return { term, text: 'nothing; the sources go on where they stop', warn: false };
    case 'point': {
      const age = figureText(ageFigure(now - source.point.atMs));
      return { term, text: `what came in since #${source.point.id}, ${age} ago`, warn: false };
    }
    case 'path':
      return { term, text: 'what came in since it was taken', warn: false };
    case 'none':
      return { term, text: 'everything, from the beginning; all state is left', warn: true };
  }
}
