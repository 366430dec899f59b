/**
 * When the backlog will be gone: as it is, and by what little a change of one number would do where
 * the model is simple: capacity grows with subtasks, and with the calls that may be in flight.
 */
import type { Bottleneck, JobTick, JobTopology } from '@weir/console-protocol';
import { durationFigure, figureText } from '../figures/figures.ts';
import { vertexTitle } from '../graph/vertex-title.ts';

export interface DrainRow {
  readonly change: string;
  /** Records per second. */
  readonly reads: number | null;
  /** Of the backlog, per second; above 0 it grows. */
  readonly slope: number | null;
  readonly outlook: Outlook;
}

export type Outlook =
  | { readonly kind: 'in'; readonly ms: number }
  | { readonly kind: 'grows' | 'empty' | 'steady' | 'unknown' };

export interface DrainOutlook {
  readonly supply: number | null;
  readonly backlog: number | null;
  readonly rows: readonly DrainRow[];
  /** What the rows after the first take for granted; '' = there are none. */
  readonly assumes: string;
}

/** `slope` is that of the backlog, records per second, 0 within its noise; null = not known. */
export function drainOutlook(
  topology: JobTopology,
  tick: JobTick | null,
  slope: number | null,
): DrainOutlook {
  const backlog = tick?.pendingRecords ?? null;
  const reads = tick?.recordsIn ?? null;
  const limit = tick?.bottleneck ?? null;
  const supply = supplyOf(tick, slope);
  const now: DrainRow = {
    change: 'As it is',
    reads,
    slope,
    outlook: outlookOf(backlog, slope, reads),
  };
  if (tick === null || limit === null || backlog === null || backlog === 0) {
    return { supply, backlog, rows: [now], assumes: '' };
  }
  const rows = changesOf(topology, limit).flatMap(({ change, factor }): DrainRow[] => {
    const grown = grownCapacity(tick, limit, slope, factor);
    if (grown === null) return [];
    const next = grown.supply - grown.possible;
    const outlook = outlookOf(backlog, next, grown.possible);
    return [{ change, reads: grown.possible, slope: next, outlook }];
  });
  if (rows.length === 0) return { supply, backlog, rows: [now], assumes: '' };
  return { supply, backlog, rows: [now, ...rows], assumes: assumptionOf(topology, limit) };
}

/**
 * Records per second that come in at the sources, and that they could read if what limits took
 * `factor` as much; null while either is not known.
 */
export function grownCapacity(
  tick: JobTick,
  limit: Bottleneck,
  slope: number | null,
  factor: number,
): { readonly supply: number; readonly possible: number } | null {
  const supply = supplyOf(tick, slope);
  const capacity = limit.figures?.capacityPerSecond ?? null;
  if (supply === null || capacity === null) return null;
  // What the limiting operator takes, in records of the sources.
  const possible = (capacity * factor) / shareOf(tick, limit.vertexId, tick.recordsIn);
  return { supply, possible };
}

function supplyOf(tick: JobTick | null, slope: number | null): number | null {
  const told = tick?.bottleneck?.figures?.supplyPerSecond ?? null;
  return told ?? sumOf(tick?.recordsIn ?? null, slope);
}

interface Change {
  readonly change: string;
  readonly factor: number;
}

function changesOf(topology: JobTopology, limit: Bottleneck): Change[] {
  const vertex = topology.vertices.find(({ id }) => id === limit.vertexId);
  if (vertex === undefined || limit.cause === 'skew' || limit.cause === 'machine') return [];
  const name = vertexTitle(vertex);
  const changes: Change[] = [];
  for (const factor of [1.5, 2]) {
    const wanted = Math.ceil(vertex.parallelism * factor);
    if (wanted > vertex.maxParallelism || wanted === vertex.parallelism) continue;
    const change = { change: `${name} at ×${wanted}`, factor: wanted / vertex.parallelism };
    if (changes.every((other) => other.change !== change.change)) changes.push(change);
  }
  const calls = limit.figures?.asyncCapacity ?? null;
  if (limit.cause === 'external' && calls !== null) {
    const each = Math.round(calls / vertex.parallelism);
    changes.push({ change: `Capacity ${each} → ${each * 2} a subtask`, factor: 2 });
  }
  return changes;
}

/** Records of the limiting operator for each record of the sources. */
function shareOf(tick: JobTick | null, vertexId: string, reads: number | null): number {
  const taken = tick?.vertices.find(({ id }) => id === vertexId)?.recordsIn ?? null;
  return taken === null || reads === null || reads <= 0 || taken <= 0 ? 1 : taken / reads;
}

/** What a promise of more capacity takes for granted, in a sentence. */
export function assumptionOf(
  topology: JobTopology,
  { vertexId, figures, cause, next }: Bottleneck,
): string {
  const vertex = topology.vertices.find(({ id }) => id === vertexId);
  const name = vertex === undefined ? 'the operator' : vertexTitle(vertex);
  const callMs = figures?.callMs ?? null;
  const outside =
    cause === 'external' && callMs !== null
      ? `calls still take ${figureText(durationFigure(callMs))}`
      : 'there are cores for it and keys spread evenly';
  const follower = topology.vertices.find(({ id }) => id === next?.[0]);
  const after = follower === undefined ? '' : `; ${vertexTitle(follower)} limits next`;
  return `From what ${name} takes at 100\u202f% busy. Assumes that ${outside}${after}.`;
}

function outlookOf(backlog: number | null, slope: number | null, reads: number | null): Outlook {
  if (backlog === null) return { kind: 'unknown' };
  if (backlog === 0) return { kind: 'empty' };
  if (slope === null) return { kind: 'unknown' };
  if (Math.abs(slope) <= Math.max(0.5, (reads ?? 0) * 0.01)) return { kind: 'steady' };
  return slope > 0 ? { kind: 'grows' } : { kind: 'in', ms: (backlog / -slope) * 1000 };
}

function sumOf(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : Math.max(0, a + b);
}
