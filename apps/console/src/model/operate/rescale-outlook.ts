/**
 * What another parallelism would do to the backlog, from what the limiting operator takes now.
 *
 * The model is as simple as its sentence: capacity grows with subtasks. Where that is not so, or
 * not known, it says why instead of drawing a line.
 */
import type { JobTick, JobTopology } from '@weir/console-protocol';
import { assumptionOf, grownCapacity } from '../watermarks/drain-outlook.ts';
import { vertexTitle } from '../graph/vertex-title.ts';

/** Records that wait, at an epoch ms. */
export interface BacklogPoint {
  readonly t: number;
  readonly records: number;
}

export type RescaleOutlook =
  | { readonly kind: 'none'; readonly why: string }
  | {
      readonly kind: 'forecast';
      /** Records per second that the sources read now, and would while there is a backlog. */
      readonly reads: number;
      readonly possible: number;
      readonly past: readonly BacklogPoint[];
      /** From now on, as it is and with the change. */
      readonly asIs: readonly BacklogPoint[];
      readonly changed: readonly BacklogPoint[];
      /** After it has started anew; null = not with this parallelism. */
      readonly drainedMs: number | null;
      readonly assumes: string;
    };

export interface RescaleQuestion {
  readonly topology: JobTopology;
  readonly tick: JobTick | null;
  /** Of the backlog, records per second; null = not known. */
  readonly slope: number | null;
  readonly past: readonly BacklogPoint[];
  /** Of the job. */
  readonly from: number;
  readonly to: number;
  /** How long nothing is read while it restarts. */
  readonly downMs: number;
}

const AHEAD_MS_MIN = 120_000;
const AHEAD_MS_MAX = 1_800_000;

export function rescaleOutlook(question: RescaleQuestion): RescaleOutlook {
  const { topology, tick, slope, past, from, to, downMs } = question;
  const limit = tick?.bottleneck ?? null;
  const vertex = topology.vertices.find(({ id }) => id === limit?.vertexId);
  if (tick === null || limit === null || vertex === undefined) {
    return none('No operator limits the job now: more subtasks would not make it read faster.');
  }
  const name = vertexTitle(vertex);
  if (limit.cause === 'skew') {
    return none(`${name} is limited by single keys: more subtasks would not share them.`);
  }
  if (limit.cause === 'machine') {
    return none('The machine is full: more subtasks would only share its cores.');
  }
  if (vertex.parallelism !== from) {
    return none(
      `${name} keeps its own parallelism, ×${vertex.parallelism}: it would limit as now.`,
    );
  }
  const { pendingRecords: backlog, recordsIn: reads } = tick;
  const grown = grownCapacity(tick, limit, slope, to / from);
  if (backlog === null) return none('The sources do not say what they have not read yet.');
  if (grown === null || reads === null) {
    return none(`It is not known yet how much ${name} can take.`);
  }
  const { supply, possible } = grown;
  const up: BacklogPoint = { t: tick.t + downMs, records: backlog + (supply * downMs) / 1000 };
  const change = supply - possible;
  const drainedMs = change < 0 ? (up.records / -change) * 1000 : null;
  const aheadMs = Math.min(AHEAD_MS_MAX, Math.max(AHEAD_MS_MIN, 1.3 * (downMs + (drainedMs ?? 0))));
  const end = tick.t + aheadMs;
  const now = { t: tick.t, records: backlog };
  return {
    kind: 'forecast',
    reads,
    possible,
    past,
    asIs: [now, ...lineTo(now, slope ?? supply - reads, end)],
    changed: [now, up, ...lineTo(up, change, end)],
    drainedMs: drainedMs !== null && downMs + drainedMs <= AHEAD_MS_MAX ? drainedMs : null,
    assumes: assumptionOf(topology, limit),
  };
}

/** On from a point until `end`; at zero it turns, because no less than nothing can wait. */
function lineTo(from: BacklogPoint, perSecond: number, end: number): BacklogPoint[] {
  const last = from.records + (perSecond * (end - from.t)) / 1000;
  if (last >= 0) return [{ t: end, records: last }];
  const zero = from.t + (from.records / -perSecond) * 1000;
  return [
    { t: zero, records: 0 },
    { t: end, records: 0 },
  ];
}

function none(why: string): RescaleOutlook {
  return { kind: 'none', why };
}
