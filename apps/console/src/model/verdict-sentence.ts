/**
 * The sentence that stands above everything else: which operator, why, since when.
 *
 * It says only what the numbers carry: without the parts of busy there is no "because".
 */
import type { JobTick, JobTopology, VertexTick } from '@weir/console-protocol';
import { durationFigure, figureText } from './figures.ts';
import type { Bottleneck } from './verdict-tracker.ts';
import { vertexTitle } from './vertex-title.ts';

/** Strong parts are names; the text in order is the sentence. */
export interface SentencePart {
  readonly text: string;
  readonly strong: boolean;
}

export type VerdictTone = 'bottleneck' | 'change' | 'fail' | 'healthy' | 'done';

export interface Verdict {
  readonly tone: VerdictTone;
  readonly sentence: readonly SentencePart[];
  readonly vertexId: string | null;
}

const plain = (text: string): SentencePart => ({ text, strong: false });
const strong = (text: string): SentencePart => ({ text, strong: true });

/** The verdict on a job at its newest tick. */
export function jobVerdict(
  topology: JobTopology,
  tick: JobTick | null,
  bottleneck: Bottleneck | null,
): Verdict {
  if (tick === null) return verdict('change', [plain('Waiting for the first numbers.')]);
  const byState = stateVerdict(tick.state);
  if (byState !== null) return byState;
  if (bottleneck !== null && bottleneck.until !== null) {
    return endingVerdict(topology, tick, bottleneck.vertexId, bottleneck.until);
  }
  if (bottleneck !== null) return bottleneckVerdict(topology, tick, bottleneck);
  const forming = tick.forming ?? null;
  return forming === null ? healthyVerdict(tick) : formingVerdict(topology, tick, forming);
}

function stateVerdict(state: JobTick['state']): Verdict | null {
  switch (state) {
    case 'RUNNING':
      return null;
    case 'FAILED':
      return verdict('fail', [plain('The job has failed. Its first cause is under Exceptions.')]);
    case 'FAILING':
    case 'RESTARTING':
      return verdict('change', [
        plain('A task failed; the job starts again from its last completed checkpoint.'),
      ]);
    case 'FINISHED':
      return verdict('done', [plain('Finished: every source was read to its end.')]);
    case 'CANCELED':
      return verdict('done', [plain('Canceled. Nothing is read or written any more.')]);
    case 'CANCELLING':
      return verdict('change', [plain('Canceling: waiting for its tasks to end.')]);
    case 'SUSPENDED':
      return verdict('fail', [plain('Suspended. The reason is under Exceptions.')]);
    default:
      return verdict('change', [plain('Starting: its tasks are being placed and restored.')]);
  }
}

/** Evidence that has not lasted: a burst that passes is not a verdict. */
function formingVerdict(
  topology: JobTopology,
  tick: JobTick,
  { vertexId, since }: { readonly vertexId: string; readonly since: number },
): Verdict {
  const lasted = figureText(durationFigure(Math.max(0, tick.t - since)));
  const rest = plain(` has been at its limit for ${lasted}; it may be a burst.`);
  return verdict('change', [strong(nameOf(topology, vertexId)), rest]);
}

function endingVerdict(
  topology: JobTopology,
  tick: JobTick,
  vertexId: string,
  until: number,
): Verdict {
  const ago = figureText(durationFigure(Math.max(0, tick.t - until)));
  const rest = plain(` was the bottleneck until ${ago} ago; nothing waits for it now.`);
  return verdict('change', [strong(nameOf(topology, vertexId)), rest]);
}

function nameOf(topology: JobTopology, vertexId: string): string {
  const vertex = topology.vertices.find(({ id }) => id === vertexId);
  return vertex === undefined ? vertexId : vertexTitle(vertex);
}

function bottleneckVerdict(
  topology: JobTopology,
  tick: JobTick,
  { vertexId, since }: Bottleneck,
): Verdict {
  const vertex = topology.vertices.find(({ id }) => id === vertexId);
  const now = tick.vertices.find(({ id }) => id === vertexId);
  const parts: SentencePart[] = [strong(nameOf(topology, vertexId)), plain(' is the bottleneck: ')];
  if (now !== undefined) {
    parts.push(...busySentence(now, vertex?.parallelism ?? 1));
    parts.push(...threadSentence(topology, tick, now));
  }
  const waits = topology.edges.some(({ target }) => target === vertexId);
  parts.push(plain(waits ? '; everything upstream waits on it' : '; it cannot read faster'));
  parts.push(plain(`, for ${figureText(durationFigure(tick.t - since))}.`));
  return { tone: 'bottleneck', sentence: parts, vertexId };
}

function busySentence(tick: VertexTick, parallelism: number): SentencePart[] {
  const busy = Math.round((tick.busy ?? 0) * 100);
  const mean = Math.round((tick.busyMean ?? tick.busy ?? 0) * 100);
  const who =
    parallelism === 1
      ? 'its subtask is'
      : mean >= busy - 8
        ? `${parallelism === 2 ? 'both' : `all ${parallelism}`} subtasks are`
        : `subtask ${tick.busySubtask} is`;
  const parts = [plain(`${who} ${busy}\u202f% busy`)];
  if (parallelism > 1 && mean < 50) parts.push(plain(` while their mean is ${mean}\u202f%`));
  const why = dominant(tick);
  if (why !== null) {
    parts.push(plain(`, ${why.share}\u202f% of it ${why.text}`));
    if (why.subject !== null) parts.push(strong(why.subject));
  }
  return parts;
}

/** Who uses the slot thread that a vertex waits for: the one that runs most in its group. */
function threadSentence(topology: JobTopology, tick: JobTick, waiting: VertexTick): SentencePart[] {
  if ((waiting.queued ?? 0) * 2 < (waiting.busy ?? 1)) return [];
  const groups = new Map(topology.vertices.map((vertex) => [vertex.id, vertex.slotSharingGroup]));
  let user: VertexTick | null = null;
  for (const other of tick.vertices) {
    if (other.id === waiting.id || groups.get(other.id) !== groups.get(waiting.id)) continue;
    if ((other.running ?? 0) > (user?.running ?? 0)) user = other;
  }
  const vertex = topology.vertices.find(({ id }) => id === user?.id);
  if (user === null || vertex === undefined) return [];
  const share = Math.round((user.running ?? 0) * 100);
  return [plain(', which '), strong(vertexTitle(vertex)), plain(` uses by ${share}\u202f%`)];
}

interface Reason {
  readonly share: number;
  readonly text: string;
  readonly subject: string | null;
}

/** The largest part of busy, when it is at least half of it. */
function dominant({ busy, external, queued, running, callSite }: VertexTick): Reason | null {
  if (busy === null || busy <= 0) return null;
  const share = (part: number | null) => Math.round(((part ?? 0) / busy) * 100);
  if (share(external) >= 50) {
    return { share: share(external), text: 'waiting on ', subject: callSite ?? 'a call outside' };
  }
  if (share(queued) >= 50) {
    return { share: share(queued), text: 'waiting for its slot thread', subject: null };
  }
  if (share(running) >= 50) {
    return { share: share(running), text: 'in its own code', subject: null };
  }
  return null;
}

function healthyVerdict(tick: JobTick): Verdict {
  const rate = tick.recordsIn ?? 0;
  const pending = tick.pendingRecords ?? 0;
  if (rate === 0 && pending === 0) {
    return verdict('healthy', [plain('Healthy and idle: there is nothing to read at the moment.')]);
  }
  const lag = tick.watermarkLag;
  const tail = lag === null ? '.' : `; event time is ${figureText(durationFigure(lag))} behind.`;
  return verdict('healthy', [plain(`Healthy: no operator limits the job${tail}`)]);
}

function verdict(tone: VerdictTone, sentence: readonly SentencePart[]): Verdict {
  return { tone, sentence, vertexId: null };
}
