/**
 * The sentence about event time: how far behind it is, and who holds it back: an operator, and
 * where it is known the subtask and the split.
 */
import type { JobSplits, JobTopology, SourceSplits, SplitRow } from '@weir/console-protocol';
import { durationFigure, figureText } from '../figures/figures.ts';
import type { SentencePart } from '../verdict/verdict-reason.ts';
import type { Vertex } from '../graph/vertex-kind.ts';
import { vertexTitle } from '../graph/vertex-title.ts';
import { holdingVertex, type LagSource } from './watermark-holder.ts';

/** Splits that are closer together than this are level. */
const LEVEL_MS = 1000;

export interface SubtaskLag {
  readonly subtask: number;
  readonly lagMs: number;
  /** Of the others. */
  readonly medianMs: number;
}

export interface WatermarkReading {
  readonly sentence: readonly SentencePart[];
  /** What a reader would want to know besides; '' = nothing. */
  readonly advice: string;
  readonly vertexId: string | null;
  /** `<vertex> <split>` of the split that holds event time back. */
  readonly splitKey: string | null;
}

export interface ReadingInput {
  readonly topology: JobTopology;
  readonly lags: LagSource;
  /** Of the sinks, ms; null = no watermark has reached them. */
  readonly jobLagMs: number | null;
  /** Null where only sums are known. */
  readonly splits: JobSplits | null;
  /** The farthest subtask of the operator that adds most; null = not known. */
  readonly subtask: SubtaskLag | null;
}

const plain = (text: string): SentencePart => ({ text, strong: false });
const strong = (text: string): SentencePart => ({ text, strong: true });
const ms = (value: number) => figureText(durationFigure(value));

export function watermarkReading(input: ReadingInput): WatermarkReading {
  const { topology, lags, jobLagMs, splits } = input;
  const silent = silentSplit(splits);
  if (silent !== null) return silentReading(topology, silent, jobLagMs === null);
  if (jobLagMs === null) {
    return reading([plain('No watermark has reached the sinks yet.')], NO_WATERMARK_ADVICE);
  }
  const behind = [plain('Event time is '), strong(ms(jobLagMs)), plain(' behind at the sinks')];
  const holder = holdingVertex(topology, lags);
  const held = widest(splits);
  const added = holder?.addsMs ?? 0;
  if (held !== null && held.spreadMs >= LEVEL_MS && held.spreadMs >= added) {
    const { holder: row, foremost, source, spreadMs } = held;
    const name = titleOf(topology, source.vertexId);
    return {
      sentence: [
        ...behind,
        plain('; '),
        strong(row.splitId),
        plain(`, read by ${name} subtask ${row.subtask}, holds it back: it is `),
        strong(ms(spreadMs)),
        plain(` behind ${foremost.splitId}.`),
      ],
      advice: `${spreadText(source)} Its own records are late, or its subtask reads too little.`,
      vertexId: source.vertexId,
      splitKey: `${source.vertexId} ${row.splitId}`,
    };
  }
  if (holder !== null) return operatorReading(behind, holder.vertex, added, input);
  const level = held === null ? '' : ` ${spreadText(held.source)}`;
  return reading([...behind, plain('; no operator adds to it.')], level.trim());
}

const NO_WATERMARK_ADVICE =
  'Watermarks come from withTimestampAssigner and a watermark strategy; a job without event time ' +
  'has none.';

function operatorReading(
  behind: readonly SentencePart[],
  vertex: Vertex,
  addsMs: number,
  { subtask, splits }: ReadingInput,
): WatermarkReading {
  const isSource = vertex.operators[0]?.role === 'source';
  const who = subtask === null ? '' : ` subtask ${subtask.subtask}`;
  const what = isSource ? ' holds it back: its subtasks are ' : ' holds it back most, by ';
  const tail = isSource ? ' apart.' : '.';
  const held = widest(splits);
  const level = held === null || held.spreadMs >= LEVEL_MS ? '' : spreadText(held.source);
  const alone =
    subtask !== null && subtask.lagMs > 2 * subtask.medianMs
      ? `The others of its subtasks are ${ms(subtask.medianMs)} behind.`
      : '';
  return {
    sentence: [
      ...behind,
      plain('; '),
      strong(`${vertexTitle(vertex)}${who}`),
      plain(what),
      strong(ms(addsMs)),
      plain(tail),
    ],
    advice: [level, alone].filter((text) => text !== '').join(' '),
    vertexId: vertex.id,
    splitKey: null,
  };
}

/** A split that counts, but has had no record: event time waits for it for ever. */
function silentSplit(splits: JobSplits | null): { source: SourceSplits; row: SplitRow } | null {
  for (const source of splits?.sources ?? []) {
    // Where no split has a watermark, event time is not made at the source.
    if (source.holder === null) continue;
    const row = source.splits.find(
      ({ watermark, idleMs, finished, records }) =>
        watermark === null && idleMs === null && !finished && records === 0,
    );
    if (row !== undefined) return { source, row };
  }
  return null;
}

function silentReading(
  topology: JobTopology,
  { source, row }: { source: SourceSplits; row: SplitRow },
  none: boolean,
): WatermarkReading {
  const reader = `${titleOf(topology, source.vertexId)} subtask ${row.subtask}`;
  const start = none ? 'No watermark has reached the sinks yet: ' : 'Event time stands still: ';
  return {
    sentence: [
      plain(start),
      strong(row.splitId),
      plain(`, read by ${reader}, has had no record and is not idle.`),
    ],
    advice: 'With withIdleness(…) on the watermark strategy the others would go on without it.',
    vertexId: source.vertexId,
    splitKey: `${source.vertexId} ${row.splitId}`,
  };
}

interface Spread {
  readonly source: SourceSplits;
  readonly holder: SplitRow;
  readonly foremost: SplitRow;
  readonly spreadMs: number;
}

/** The source whose splits are farthest apart in event time. */
function widest(splits: JobSplits | null): Spread | null {
  let found: Spread | null = null;
  for (const source of splits?.sources ?? []) {
    const { holder, foremost } = source;
    if (holder === null || foremost === null) continue;
    const spreadMs = (foremost.watermark ?? 0) - (holder.watermark ?? 0);
    if (found === null || spreadMs > found.spreadMs) found = { source, holder, foremost, spreadMs };
  }
  return found;
}

function spreadText({ total, idle, finished, holder, foremost }: SourceSplits): string {
  const active = total - idle - finished;
  if (active <= 1) return '';
  const spread = (foremost?.watermark ?? 0) - (holder?.watermark ?? 0);
  const within = spread < LEVEL_MS ? '1\u202fs' : ms(spread);
  const out = idle === 0 ? '' : `; ${idle} idle ${idle === 1 ? 'one does' : 'ones do'} not count`;
  return `Its ${active} active splits are within ${within} of each other${out}.`;
}

function titleOf({ vertices }: JobTopology, vertexId: string): string {
  const vertex = vertices.find(({ id }) => id === vertexId);
  return vertex === undefined ? vertexId.slice(0, 8) : vertexTitle(vertex);
}

function reading(sentence: readonly SentencePart[], advice: string): WatermarkReading {
  return { sentence, advice, vertexId: null, splitKey: null };
}

/** Per vertex in the topology's order: what its inputs bring along, and what it adds, ms. */
export interface LagParts {
  readonly vertex: Vertex;
  readonly lagMs: number | null;
  readonly inheritedMs: number;
  readonly addedMs: number;
}

export function lagParts(topology: JobTopology, lags: LagSource): LagParts[] {
  return topology.vertices.map((vertex) => {
    const lagMs = lags.watermarkLag(vertex.id);
    let inputs = 0;
    for (const { source, target } of topology.edges) {
      if (target === vertex.id) inputs = Math.max(inputs, lags.watermarkLag(source) ?? 0);
    }
    const inheritedMs = Math.min(inputs, lagMs ?? 0);
    return { vertex, lagMs, inheritedMs, addedMs: (lagMs ?? 0) - inheritedMs };
  });
}

/** The subtask that is farthest behind of a vertex' latest lags, and the median of all. */
export function farthestSubtask(lags: readonly (number | null)[]): SubtaskLag | null {
  const known = lags.filter((lag) => lag !== null).toSorted((a, b) => a - b);
  const lagMs = known.at(-1);
  if (lagMs === undefined || lags.length < 2) return null;
  return {
    subtask: lags.indexOf(lagMs),
    lagMs,
    medianMs: known[Math.floor((known.length - 1) / 2)]!,
  };
}
