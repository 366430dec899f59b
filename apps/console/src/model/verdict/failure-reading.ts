/** What went wrong last, read from a job's events: failures of tasks, and of checkpoints in a row. */
import type { JobEvent, JobTopology } from '@weir/console-protocol';
import { firstCause } from '../timeline/exception-head.ts';
import { ageFigure, figureText } from '../figures/figures.ts';
import { plain, type SentencePart, strong } from './verdict-reason.ts';
import { vertexTitle } from '../graph/vertex-title.ts';

/** So many checkpoints that fail one after the other are no accident. */
const FAILED_IN_A_ROW = 3;
const RECENTLY_MS = 600_000;
/** A job that failed so often lately does not get anywhere. */
export const LOOP_FROM = 3;
/** A loop counts as broken once an attempt has lasted this long. */
export const LOOP_BROKEN_MS = 60_000;
const TEXT_MAX = 160;

/** `name: what happened`, and how often lately; empty when no failure is known. */
export function failureParts(
  topology: JobTopology,
  events: readonly JobEvent[],
): readonly SentencePart[] {
  const known = failuresOf(events);
  if (known === null) return [];
  const { last, often } = known;
  const { operator, vertexId, stack = '' } = last;
  const vertex = topology.vertices.find(({ id }) => id === vertexId);
  const text = shortened(firstCause(stack) ?? last.text);
  const times = often < 2 ? '' : `, ${often} times in ten minutes`;
  const said = plain(`${text}${times}`);
  const name = operator ?? (vertex === undefined ? null : vertexTitle(vertex));
  return name === null ? [said] : [strong(name), plain(': '), said];
}

/** It fails again as soon as it runs: that it runs just now says nothing. @param now epoch ms. */
export function inRestartLoop(events: readonly JobEvent[], now: number): boolean {
  const known = failuresOf(events);
  return known !== null && known.often >= LOOP_FROM && now - known.last.t < LOOP_BROKEN_MS;
}

function failuresOf(events: readonly JobEvent[]) {
  const last = events.findLast(isRoot);
  if (last === undefined) return null;
  const often = events.filter((one) => isRoot(one) && one.t >= last.t - RECENTLY_MS).length;
  return { last, often };
}

function isRoot({ kind, follows }: JobEvent): boolean {
  return kind === 'exception' && follows !== true;
}

/** Null while checkpoints succeed, or none are taken. @param now epoch ms. */
export function failingCheckpoints(events: readonly JobEvent[], now: number): string | null {
  let failed = 0;
  let last: JobEvent | null = null;
  let good: JobEvent | null = null;
  // From the newest on: it hardly ever is far to one that was completed.
  for (let at = events.length - 1; at >= 0 && good === null; at--) {
    const event = events[at]!;
    if (event.kind !== 'checkpoint') continue;
    if (event.outcome === 'completed') good = event;
    if (event.outcome !== 'failed') continue;
    failed++;
    last ??= event;
  }
  if (last === null || failed < FAILED_IN_A_ROW) return null;
  const since =
    good === null ? '' : ` since #${good.subject}, ${figureText(ageFigure(now - good.t))} ago`;
  const why = shortened(last.text.replace(/^Checkpoint \d+ failed: /, ''));
  return `No checkpoint completes${since}: ${failed} failed in a row. The last: ${why}`;
}

/** One line without its full stop, since the sentence goes on. */
function shortened(text: string): string {
  const line = text.split('\n', 1)[0]!.trim().replace(/\.$/, '');
  return line.length <= TEXT_MAX ? line : `${line.slice(0, TEXT_MAX)}…`;
}
