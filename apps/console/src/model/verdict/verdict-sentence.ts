/**
 * The sentence that stands above everything else: which operator, why, since when.
 *
 * It says only what the server found; without a cause there is no "because".
 */
import type { JobEvent, JobTick, JobTopology, VerdictTrend } from '@weir/console-protocol';
import { failingCheckpoints, failureParts, inRestartLoop } from './failure-reading.ts';
import {
  ageFigure,
  countFigure,
  drainedText,
  durationFigure,
  figureText,
} from '../figures/figures.ts';
import { hasEased, holdsAt, type LimitingSource } from './limiting-vertex.ts';
import type { Bottleneck } from './verdict-tracker.ts';
import { vertexTitle } from '../graph/vertex-title.ts';
import { operatorName, plain, reasonParts, type SentencePart, strong } from './verdict-reason.ts';

export type VerdictTone = 'bottleneck' | 'change' | 'fail' | 'healthy' | 'done';

export interface Verdict {
  readonly tone: VerdictTone;
  readonly sentence: readonly SentencePart[];
  readonly vertexId: string | null;
  /** What else needs someone: checkpoints that keep failing. */
  readonly warning: string | null;
}

const TREND_WORDS: Readonly<Record<VerdictTrend, string>> = {
  worse: 'getting worse',
  steady: 'steady',
  recovering: 'recovering',
};

/** Where a verdict is going, with how fast the backlog grows or how long it lasts. */
export function trendText(trend: VerdictTrend, figures: Bottleneck['figures'] = {}): string {
  const { backlogSlope: slope = null, drainMs = null } = figures;
  if (trend === 'worse' && slope !== null && slope > 0) {
    return `falling behind by ${figureText(countFigure(slope, 'rec/s'))}`;
  }
  if (trend === 'recovering' && drainMs !== null) {
    return `recovering, ${drainedText(drainMs)}`;
  }
  return TREND_WORDS[trend];
}

/**
 * The verdict on a job at its newest tick.
 * @param events up to then, oldest first; of those only the newest may be known.
 */
export function jobVerdict(
  topology: JobTopology,
  source: LimitingSource,
  bottleneck: Bottleneck | null,
  events: readonly JobEvent[],
): Verdict {
  const tick = source.latest;
  if (tick === null) return verdict('change', [plain('Waiting for the first numbers.')]);
  if (GOES_ON.has(tick.state) && inRestartLoop(events, tick.t))
    return loopVerdict(topology, events);
  if (tick.state === 'FINISHED') return verdict('done', [plain(finishedText(events))]);
  if (tick.state !== 'RUNNING') return stateVerdict(tick.state, failureParts(topology, events));
  const warning = failingCheckpoints(events, tick.t);
  const found = runningVerdict(topology, source, tick, bottleneck);
  const tone = warning === null || found.tone === 'bottleneck' ? found.tone : 'fail';
  return { ...found, tone, warning };
}

function runningVerdict(
  topology: JobTopology,
  source: LimitingSource,
  tick: JobTick,
  bottleneck: Bottleneck | null,
): Verdict {
  const starting = startingVerdict(topology, source);
  if (starting !== null) return starting;
  if (bottleneck !== null) {
    return holdsAt(bottleneck, tick.t)
      ? bottleneckVerdict(topology, source, bottleneck, tick.t)
      : endingVerdict(topology, tick, bottleneck);
  }
  const forming = tick.forming ?? null;
  return forming === null ? healthyVerdict(tick) : formingVerdict(topology, tick, forming);
}

/** A job in one of these will run, or fail, again. */
const GOES_ON: ReadonlySet<JobTick['state']> = new Set(['RUNNING', 'FAILING', 'RESTARTING']);

function loopVerdict(topology: JobTopology, events: readonly JobEvent[]): Verdict {
  const first = events.findIndex(({ kind }) => kind === 'exception');
  const gotOn = events.some(
    ({ kind, outcome }, at) => at > first && kind === 'checkpoint' && outcome === 'completed',
  );
  const rest = gotOn
    ? '. Each time the job starts again from its last checkpoint.'
    : '. Each time the job starts again at the same place: no checkpoint was completed in between.';
  return verdict('fail', failed('Restart loop', failureParts(topology, events), rest));
}

function finishedText(events: readonly JobEvent[]): string {
  const last = events.findLast((one) => one.ending !== undefined && one.outcome === 'completed');
  switch (last?.ending) {
    case 'stopped':
      return `Stopped with savepoint #${last.subject}. Restart from it to go on where it was.`;
    case 'drained':
      return `Drained: its windows have fired, and event time has ended at savepoint #${last.subject}.`;
    default:
      return 'Finished: every source was read to its end.';
  }
}

/** What happened is forgotten sooner than that the job has failed. */
const WHY_THERE = '. Exceptions say why, as far as it is kept.';

/** Of a job that does not run. */
function stateVerdict(state: JobTick['state'], failure: readonly SentencePart[]): Verdict {
  switch (state) {
    case 'FAILED':
      return verdict('fail', failed('Failed', failure, failure.length === 0 ? WHY_THERE : '.'));
    case 'FAILING':
    case 'RESTARTING':
      return verdict(
        'change',
        failed('A task failed', failure, '; the job starts again from its last checkpoint.'),
      );
    case 'CANCELED':
      return verdict('done', [plain('Canceled. Nothing is read or written any more.')]);
    case 'CANCELLING':
      return verdict('change', [plain('Canceling: waiting for its tasks to end.')]);
    case 'SUSPENDED':
      return verdict(
        'fail',
        failed(
          'Suspended',
          failure,
          '. Its checkpoints are kept; Exceptions say from which to start it anew.',
        ),
      );
    default:
      return verdict('change', [plain('Starting: its tasks are being placed and restored.')]);
  }
}

function failed(
  head: string,
  failure: readonly SentencePart[],
  rest: string,
): readonly SentencePart[] {
  return failure.length === 0
    ? [plain(`${head}${rest}`)]
    : [plain(`${head}: `), ...failure, plain(rest)];
}

/** The job counts as running; a source may still wait for its system outside, before it runs. */
function startingVerdict(topology: JobTopology, source: LimitingSource): Verdict | null {
  const waiting = source.starting;
  if (waiting.length === 0) return null;
  const first = topology.vertices.find(({ id }) => id === waiting[0]);
  if (first === undefined) return null;
  const name = vertexTitle(first);
  const more = waiting.length === 1 ? '' : ` and ${waiting.length - 1} more`;
  const verb = waiting.length === 1 ? 'is' : 'are';
  return verdict('change', [
    plain('Starting: '),
    strong(name),
    plain(`${more} ${verb} not running yet. If that lasts, Logs say what is waited for.`),
  ]);
}

/** Evidence that has not lasted: a burst that passes is not a verdict. */
function formingVerdict(
  topology: JobTopology,
  tick: JobTick,
  forming: NonNullable<JobTick['forming']>,
): Verdict {
  const { since } = forming;
  const lasted = figureText(ageFigure(tick.t - since));
  const rest = plain(` has been at its limit for ${lasted}; it may be a burst.`);
  return verdict('change', [strong(operatorName(topology, forming)), rest]);
}

function endingVerdict(topology: JobTopology, tick: JobTick, bottleneck: Bottleneck): Verdict {
  const ago = figureText(durationFigure(tick.t - (bottleneck.until ?? tick.t)));
  const rest = plain(` was the bottleneck until ${ago} ago; nothing waits for it now.`);
  return verdict('change', [strong(operatorName(topology, bottleneck)), rest]);
}

/** A bottleneck in words, whatever the tone of the row. */
function bottleneckVerdict(
  topology: JobTopology,
  source: LimitingSource,
  bottleneck: Bottleneck,
  t: number,
): Verdict {
  const { vertexId, since, cause = null } = bottleneck;
  const now = source.vertex(vertexId);
  const lasted = figureText(ageFigure(t - since));
  if (hasEased(source, bottleneck)) {
    const busy = Math.round((now?.busy ?? 0) * 100);
    const rest = ` was the bottleneck for ${lasted}; its busiest subtask is ${busy}\u202f% busy now.`;
    return verdict('change', [strong(operatorName(topology, bottleneck)), plain(rest)]);
  }
  const waits = topology.edges.some(({ target }) => target === vertexId);
  const effect = cause !== 'source' && waits ? '; everything upstream waits on it' : '';
  const sentence = [
    strong(operatorName(topology, bottleneck)),
    ...reasonParts(topology, bottleneck, now),
    plain(`${effect}, for ${lasted}.`),
  ];
  return { tone: 'bottleneck', sentence, vertexId, warning: null };
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
  return { tone, sentence, vertexId: null, warning: null };
}
