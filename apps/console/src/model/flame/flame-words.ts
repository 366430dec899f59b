/** What a profile says in a sentence, and how its numbers and places are written. */
import type { FlameFrame, FlameMode, FlameProfile, JobTopology } from '@weir/console-protocol';
import { clockTime } from '../time/clock-time.ts';
import type { FlameDiff } from './flame-diff.ts';
import { type FlameForest, frameOf } from './flame-forest.ts';
import { hottestOwn } from './flame-reading.ts';
import { vertexTitle } from '../graph/vertex-title.ts';

const NARROW = '\u202f';

export interface FlameSentence {
  /** Set in bold, then the rest. */
  readonly lead: string;
  readonly rest: string;
  /** Where the answer is rather. */
  readonly instead: FlameMode | null;
}

/** `12.9 %`, one decimal below 10. */
export function shareText(ms: number, ofMs: number): string {
  const share = ofMs === 0 ? 0 : (100 * ms) / ofMs;
  const text = share > 0 && share < 0.1 ? '<0.1' : share.toFixed(share < 10 ? 1 : 0);
  return `${text}${NARROW}%`;
}

export function pointsText(points: number): string {
  const size = Math.abs(points).toFixed(1);
  const sign = size === '0.0' ? '' : points < 0 ? '−' : '+';
  return `${sign}${size}${NARROW}pt`;
}

/** `lookup.ts:12`: the end of a path says enough beside its function. */
export function placeText({ file, line }: FlameFrame): string | null {
  if (file === null) return null;
  const name = file.slice(file.lastIndexOf('/') + 1);
  return line === null ? name : `${name}:${line}`;
}

/** Whole path and line, as it is copied. */
export function fullPlace({ file, line }: FlameFrame): string | null {
  if (file === null) return null;
  return line === null ? file : `${file}:${line}`;
}

/** How many cores, or how many subtasks' time, the whole of the profile is. */
export function inUse(forest: FlameForest, profile: FlameProfile, mode: FlameMode): string {
  const { sampledMs, times } = profile;
  const waiting = times.map(({ queued, external, blocked, starved }) =>
    sum([queued, external, blocked, starved]),
  );
  const subtasks = mode === 'off' ? sum(waiting) : sum(times.map((one) => one.subtasks));
  const many = mode === 'on' ? forest.totalMs / Math.max(1, sampledMs) : subtasks;
  return mode === 'mixed' ? `${many}` : many.toFixed(many < 10 ? 2 : 1);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

export function flameSentence(
  forest: FlameForest,
  profile: FlameProfile,
  mode: FlameMode,
  topology: JobTopology | null,
): FlameSentence {
  return mode === 'on'
    ? onSentence(forest, profile, topology)
    : waitSentence(profile, mode, topology);
}

function onSentence(
  forest: FlameForest,
  profile: FlameProfile,
  topology: JobTopology | null,
): FlameSentence {
  const cores = inUse(forest, profile, 'on');
  const lead = `${cores} cores in use.`;
  const hot = hottestOwn(forest);
  const burn =
    hot === null
      ? 'None of it is in the job’s own functions.'
      : `Most in the job’s own code: ${hot.frame.name} at ${placeText(hot.frame)} with ` +
        `${shareText(hot.ms, forest.totalMs)}.`;
  const waits = [...profile.times].sort((a, b) => b.external - a.external)[0];
  if (waits === undefined || waits.external < waits.running || waits.external < 0.1) {
    return { lead, rest: burn, instead: null };
  }
  const name = nameOf(waits.vertexId, topology);
  const share = Math.round((100 * waits.external) / waits.subtasks);
  return { lead, rest: `${burn} ${name} waits ${share}${NARROW}% of its time.`, instead: 'off' };
}

function waitSentence(
  { times }: FlameProfile,
  mode: FlameMode,
  topology: JobTopology | null,
): FlameSentence {
  const most = (part: 'external' | 'blocked' | 'starved' | 'queued') =>
    [...times].sort((a, b) => b[part] - a[part])[0];
  const outside = most('external');
  const blocked = most('blocked');
  const instead = mode === 'off' ? null : 'off';
  if (outside !== undefined && outside.external >= 0.1) {
    const site = siteOf(outside.vertexId, topology);
    const worth = `${outside.external.toFixed(1)} subtasks’ worth of time`;
    const victims = (blocked?.blocked ?? 0) >= 0.1;
    return {
      lead: `${nameOf(outside.vertexId, topology)} waits ${worth}${site === null ? '' : ` on ${site}`}.`,
      rest: victims ? 'The hatched time upstream is its consequence.' : '',
      instead,
    };
  }
  if (blocked !== undefined && blocked.blocked >= 0.1) {
    const name = nameOf(blocked.vertexId, topology);
    return {
      lead: `${name} is blocked ${blocked.blocked.toFixed(1)} subtasks’ worth of time:`,
      rest: 'what comes after it does not take its output fast enough.',
      instead: 'on',
    };
  }
  return { lead: 'Nothing holds the job up:', rest: 'subtasks wait for input.', instead: null };
}

/** Fewer say little: a share moves by itself then. */
const SAMPLES_ENOUGH = 50;

/** `then` = what is compared with. */
export function diffSentence(
  forest: FlameForest,
  diff: FlameDiff,
  topology: JobTopology | null,
  then: Pick<FlameProfile, 'to' | 'samples'>,
): FlameSentence {
  const { samples } = then;
  const few =
    samples >= SAMPLES_ENOUGH
      ? ''
      : ` Only ${samples === 1 ? '1 sample is' : `${samples} samples are`} kept of then, which says little.`;
  const when = clockTime(then.to);
  let most = -1;
  let owner = -1;
  forest.frame.forEach((_, node) => {
    const { kind } = frameOf(forest, node);
    if (kind === 'vertex' || kind === 'operator') {
      if (owner < 0 || Math.abs(diff.total[node]!) > Math.abs(diff.total[owner]!)) owner = node;
    } else if (most < 0 || Math.abs(diff.self[node]!) > Math.abs(diff.self[most]!)) most = node;
  });
  if (owner < 0 || Math.abs(diff.total[owner]!) < 0.5) {
    return {
      lead: `Much the same as at ${when}:`,
      rest: `no operator’s share moved by half a point.${few}`,
      instead: null,
    };
  }
  const frame = frameOf(forest, owner);
  const name = frame.kind === 'vertex' ? nameOf(frame.vertexId ?? '', topology) : frame.name;
  const points = diff.total[owner]!;
  const more = points > 0 ? 'more' : 'less';
  const within =
    most < 0 ? '' : `Most in ${frameOf(forest, most).name}: ${pointsText(diff.self[most]!)}.`;
  return {
    lead: `${name} takes ${Math.abs(points).toFixed(1)} points ${more} than at ${when}.`,
    rest: within + few,
    instead: null,
  };
}

function nameOf(vertexId: string, topology: JobTopology | null): string {
  const vertex = topology?.vertices.find(({ id }) => id === vertexId);
  return vertex === undefined ? 'A vertex' : vertexTitle(vertex);
}

function siteOf(vertexId: string, topology: JobTopology | null): string | null {
  const vertex = topology?.vertices.find(({ id }) => id === vertexId);
  return vertex?.operators.find(({ callSite }) => callSite !== null)?.callSite ?? null;
}
