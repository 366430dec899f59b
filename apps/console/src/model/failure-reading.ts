/** What went wrong last, read from a job's events: failures of tasks, and of checkpoints in a row. */
import type { JobEvent, JobTopology } from '@weir/console-protocol';
import { firstCause } from './exception-head.ts';
import { durationFigure, figureText } from './figures.ts';
import { plain, type SentencePart, strong } from './verdict-reason.ts';
import { vertexTitle } from './vertex-title.ts';

/** So many checkpoints that fail one after the other are no accident. */
const FAILED_IN_A_ROW = 3;
const RECENTLY_MS = 600_000;
const TEXT_MAX = 160;

/** `name: what happened`, and how often lately; empty when no failure is known. */
export function failureParts(
  topology: JobTopology,
  events: readonly JobEvent[],
): readonly SentencePart[] {
  const roots = events.filter(({ kind, follows }) => kind === 'exception' && follows !== true);
  const last = roots.at(-1);
  if (last === undefined) return [];
  const vertex = topology.vertices.find(({ id }) => id === last.vertexId);
  const text = shortened(firstCause(last.stack ?? '') ?? last.text);
  const often = roots.filter(({ t }) => t >= last.t - RECENTLY_MS).length;
  const times = often < 2 ? '' : `, ${often} times in ten minutes`;
  const said = plain(`${text}${times}`);
  return vertex === undefined ? [said] : [strong(vertexTitle(vertex)), plain(': '), said];
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
    good === null ? '' : ` since #${good.subject}, ${figureText(durationFigure(now - good.t))} ago`;
  const why = shortened(last.text.replace(/^Checkpoint \d+ failed: /, ''));
  return `No checkpoint completes${since}: ${failed} failed in a row. The last: ${why}`;
}

/** One line without its full stop, since the sentence goes on. */
function shortened(text: string): string {
  const line = text.split('\n', 1)[0]!.trim().replace(/\.$/, '');
  return line.length <= TEXT_MAX ? line : `${line.slice(0, TEXT_MAX)}…`;
}
