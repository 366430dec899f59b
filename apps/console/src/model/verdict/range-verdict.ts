/**
 * How a range spent its time: under which bottlenecks, in which states, unknown, and healthy. The
 * parts add up to the range.
 */
import type { JobTick, JobTopology, VerdictCause } from '@weir/console-protocol';
import { ageFigure, figureText, partsOfHundred } from '../figures/figures.ts';
import { holdsAt } from './limiting-vertex.ts';
import { plain, type SentencePart, strong } from './verdict-reason.ts';
import type { Verdict } from './verdict-sentence.ts';
import { vertexTitle } from '../graph/vertex-title.ts';

export interface RangeShare {
  readonly kind: 'bottleneck' | 'state' | 'unknown' | 'healthy';
  /** Vertex id or state. */
  readonly subject: string;
  readonly cause: VerdictCause | null;
  readonly ms: number;
}

interface Entry {
  readonly tick: Pick<JobTick, 't' | 'state' | 'bottleneck'>;
  /** How long the tick speaks, ms. */
  readonly reach: number;
}

/**
 * An operator counts once, with the cause that it had longest; what is too short to matter beside
 * the rest counts as healthy.
 *
 * @param entries those within the range, oldest first. Longest first, unknown and healthy last.
 */
export function rangeShares(entries: readonly Entry[], from: number, to: number): RangeShare[] {
  const parts = partsOf(entries, from, to);
  const known = parts.reduce((sum, { ms }) => sum + ms, 0);
  const shares = new Map<string, RangeShare>();
  // Longest first, so that the first cause of an operator is the one it keeps.
  for (const part of parts.sort((a, b) => b.ms - a.ms)) {
    const brief = part.kind === 'bottleneck' && part.ms < (to - from) * MATTERS;
    const key = brief ? 'healthy/' : `${part.kind}/${part.subject}`;
    const same = shares.get(`${part.kind}/${part.subject}`) ?? shares.get(key);
    const share = same ?? (brief ? { ...HEALTHY, ms: 0 } : { ...part, ms: 0 });
    shares.set(`${share.kind}/${share.subject}`, { ...share, ms: share.ms + part.ms });
  }
  const unknown = to - from - known;
  const all = [...shares.values()].filter(({ ms }) => ms > 0);
  // The first tick comes up to a second after the range begins.
  if (unknown > 2000 || all.length === 0) {
    all.push({ kind: 'unknown', subject: '', cause: null, ms: unknown });
  }
  return all.sort((a, b) => ORDER[a.kind] - ORDER[b.kind] || b.ms - a.ms);
}

/** Of the range; a bottleneck of less is not worth a word. */
const MATTERS = 0.005;
const HEALTHY = { kind: 'healthy', subject: '', cause: null } as const;

/** By what held and why, each once. */
function partsOf(entries: readonly Entry[], from: number, to: number): RangeShare[] {
  const parts = new Map<string, RangeShare>();
  for (const [at, { tick, reach }] of entries.entries()) {
    const next = entries[at + 1]?.tick.t ?? to;
    const ms = Math.max(0, Math.min(next - Math.max(from, tick.t), reach));
    const part = partOf(tick);
    const key = `${part.kind}/${part.subject}/${part.cause ?? ''}`;
    parts.set(key, { ...part, ms: (parts.get(key)?.ms ?? 0) + ms });
  }
  return [...parts.values()];
}

const ORDER = { bottleneck: 0, state: 1, unknown: 2, healthy: 3 };

function partOf({ t, state, bottleneck }: Entry['tick']): Omit<RangeShare, 'ms'> {
  if (state !== 'RUNNING') return { kind: 'state', subject: state, cause: null };
  if (bottleneck == null || !holdsAt(bottleneck, t)) return HEALTHY;
  return { kind: 'bottleneck', subject: bottleneck.vertexId, cause: bottleneck.cause ?? null };
}

const CAUSES: Readonly<Record<VerdictCause, string>> = {
  cpu: 'in its own code',
  external: 'waiting outside',
  queued: 'waiting for its slot thread',
  skew: 'one subtask took most',
  gc: 'collecting garbage',
  alignment: 'aligning a checkpoint',
  blocked: 'single calls held its thread',
  state: 'reading and writing state',
  source: 'it could not read faster',
  stuck: 'nothing went in or out',
  machine: 'the machine had no core left',
};

const PARTS_MAX = 4;

/** The range in a sentence. */
export function rangeVerdict(topology: JobTopology, shares: readonly RangeShare[]): Verdict {
  const hundred = partsOfHundred(shares.map(({ ms }) => ms)) ?? [];
  const only = shares.length === 1;
  const first = shares[0];
  const tone =
    first?.kind === 'bottleneck' ? 'bottleneck' : first?.kind === 'healthy' ? 'healthy' : 'change';
  const sentence = shares.slice(0, PARTS_MAX).flatMap((share, at): SentencePart[] => {
    const begin = at === 0 ? [] : [plain('; ')];
    return [...begin, ...words(topology, share, only ? null : (hundred[at] ?? 0), at === 0)];
  });
  const rest = shares.length > PARTS_MAX ? `; ${shares.length - PARTS_MAX} more` : '';
  const vertexId = first?.kind === 'bottleneck' ? first.subject : null;
  return { tone, sentence: [...sentence, plain(`${rest}.`)], vertexId, warning: null };
}

/** @param hundred its part of the range in per cent; null = it is all of it. */
function words(
  topology: JobTopology,
  { kind, subject, cause, ms }: RangeShare,
  hundred: number | null,
  first: boolean,
): SentencePart[] {
  const length = figureText(ageFigure(ms));
  const long = hundred === null ? 'all of the time' : `${length} (${hundred}\u202f%)`;
  if (kind === 'unknown') return [plain(`${first ? 'Nothing' : 'nothing'} is kept of ${long}`)];
  if (kind === 'healthy') return [strong(`${first ? 'Healthy' : 'healthy'} for ${long}`)];
  if (kind === 'state') return [strong(subject), plain(` for ${long}`)];
  const vertex = topology.vertices.find(({ id }) => id === subject);
  const why = cause === null ? '' : `, ${CAUSES[cause]}`;
  return [
    strong(vertex === undefined ? subject : vertexTitle(vertex)),
    plain(` was the bottleneck for ${long}${why}`),
  ];
}

/** Where nothing is known, the reason is one of two. @param t the moment, epoch ms. */
export function gapVerdict(
  t: number,
  gap: { readonly from: number | null; readonly to: number | null },
  startedAt: number,
  timeText: (t: number) => string,
): Verdict {
  const { from, to } = gap;
  const text =
    t < startedAt || (from === null && to !== null && to - startedAt < 5000)
      ? `The job was submitted at ${timeText(startedAt)}; there is nothing before.`
      : `Nothing is kept of this time${from === null ? '' : `, from ${timeText(from)}`}${
          to === null ? '' : ` until ${timeText(to)}`
        }: the server was not running, or its history has been forgotten.`;
  return { tone: 'change', sentence: [plain(text)], vertexId: null, warning: null };
}
