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
  const ended = events.filter(
    ({ kind, outcome }) => kind === 'checkpoint' && outcome !== undefined && outcome !== 'running',
  );
  const good = ended.findLastIndex(({ outcome }) => outcome === 'completed');
  const failed = ended.slice(good + 1);
  const last = failed.at(-1);
  if (last === undefined || failed.length < FAILED_IN_A_ROW) return null;
  const before = ended[good];
  const since =
    before === undefined
      ? ''
      : ` since #${before.subject}, ${figureText(durationFigure(now - before.t))} ago`;
  const why = shortened(last.text.replace(/^Checkpoint \d+ failed: /, ''));
  return `No checkpoint completes${since}: ${failed.length} failed in a row. The last: ${why}`;
}

/** One line without its full stop, since the sentence goes on. */
function shortened(text: string): string {
  const line = text.split('\n', 1)[0]!.trim().replace(/\.$/, '');
  return line.length <= TEXT_MAX ? line : `${line.slice(0, TEXT_MAX)}…`;
}
