/**
 * Which operator limits a job. An operator limits when a subtask of it is busy ≥ 80 % and itself
 * backpressured < 10 %, and something waits for it: an input edge at least half full, an upstream
 * subtask backpressured ≥ 10 %, or (a source) pending records that do not shrink. Of several, the
 * cause is the one farthest downstream; a backpressured operator is a victim however busy it looks.
 * So is one that is mostly queued: it waits for its thread, which another operator uses. It counts
 * only where no other limits.
 */
import type { Bottleneck, JobTick, JobTopology, VertexTick } from '@weir/console-protocol';

const BUSY_MIN = 0.8;
const BACKPRESSURED_MAX = 0.1;
const FILL_MIN = 0.5;
/** Of an operator's busy time; above it, the operator waits for its thread more than it works. */
const QUEUED_SHARE_MAX = 0.5;

const EVIDENCE_MS = 5000;
const ABSENCE_MS = 10_000;
/** Without evidence for so long, a verdict is on its way to its end. */
const ENDING_MS = 3000;
const SMOOTHED_TICKS = 3;

/** @param previous an earlier tick, for whether pending records shrink. */
export function limitingVertex(
  tick: JobTick,
  topology: JobTopology,
  previous: JobTick | null = null,
): string | null {
  const depths = depthsOf(topology);
  const byId = new Map(tick.vertices.map((vertex) => [vertex.id, vertex]));
  const earlier = new Map((previous?.vertices ?? []).map((vertex) => [vertex.id, vertex]));
  let found: VertexTick | null = null;
  for (const vertex of tick.vertices) {
    if ((vertex.busy ?? 0) < BUSY_MIN || (vertex.backpressured ?? 0) >= BACKPRESSURED_MAX) continue;
    const before = earlier.get(vertex.id)?.pendingRecords ?? null;
    const pending = vertex.pendingRecords ?? 0;
    const waits = topology.edges.some((edge, position) => {
      if (edge.target !== vertex.id) return false;
      const upstream = byId.get(edge.source);
      const held = upstream?.backpressuredMax ?? upstream?.backpressured ?? 0;
      return (tick.edges[position]?.fill ?? 0) >= FILL_MIN || held >= BACKPRESSURED_MAX;
    });
    const growing = pending > 0 && before !== null && pending >= before;
    if (!waits && !growing) continue;
    if (found === null || outranks(vertex, found, depths)) found = vertex;
  }
  return found?.id ?? null;
}

/** Working before queued; then the farther downstream. */
function outranks(
  vertex: VertexTick,
  other: VertexTick,
  depths: ReadonlyMap<string, number>,
): boolean {
  if (isQueued(vertex) !== isQueued(other)) return isQueued(other);
  return (depths.get(vertex.id) ?? 0) >= (depths.get(other.id) ?? 0);
}

function isQueued({ queued, busy }: VertexTick): boolean {
  return (queued ?? 0) > (busy ?? 0) * QUEUED_SHARE_MAX;
}

/**
 * `limitingVertex` over time: smoothed over 3 s, spoken after 5 s of evidence, withdrawn after 10 s
 * without. `since` is the first second of evidence.
 */
export class BottleneckTracker {
  readonly #topology: JobTopology;
  readonly #recent: JobTick[] = [];
  #candidate: Bottleneck | null = null;
  #candidateSeen = 0;
  #spoken: Bottleneck | null = null;
  #spokenSeen = 0;

  constructor(topology: JobTopology) {
    this.#topology = topology;
  }

  update(tick: JobTick): Bottleneck | null {
    const oldest = this.#recent[0] ?? null;
    this.#recent.push(tick);
    if (this.#recent.length > SMOOTHED_TICKS) this.#recent.shift();
    const vertexId = limitingVertex(smoothed(this.#recent), this.#topology, oldest);
    if (vertexId !== null) this.#saw(vertexId, tick.t);
    if (this.#candidate !== null && tick.t - this.#candidateSeen >= ABSENCE_MS) {
      this.#candidate = null;
    }
    if (this.#spoken !== null && tick.t - this.#spokenSeen >= ABSENCE_MS) this.#spoken = null;
    const candidate = this.#candidate;
    if (candidate !== null && this.#candidateSeen - candidate.since >= EVIDENCE_MS) {
      this.#spoken = candidate;
      this.#spokenSeen = this.#candidateSeen;
    }
    if (this.#spoken === null) return null;
    const gone = tick.t - this.#spokenSeen >= ENDING_MS;
    return { ...this.#spoken, until: gone ? this.#spokenSeen : null };
  }

  /** Evidence at the last tick that is not a verdict (yet). */
  get forming(): Bottleneck | null {
    const last = this.#recent.at(-1)?.t;
    const candidate = this.#candidateSeen === last ? this.#candidate : null;
    return candidate?.vertexId === this.#spoken?.vertexId ? null : candidate;
  }

  #saw(vertexId: string, t: number): void {
    if (this.#candidate?.vertexId !== vertexId) this.#candidate = { vertexId, since: t };
    this.#candidateSeen = t;
    if (this.#spoken?.vertexId === vertexId) this.#spokenSeen = t;
  }
}

/** The last tick with the mean of the recent busy, backpressured and fill. */
function smoothed(ticks: readonly JobTick[]): JobTick {
  const last = ticks.at(-1)!;
  const mean = (pick: (tick: JobTick) => number | null | undefined) => {
    const values = ticks.map(pick).filter((value) => typeof value === 'number');
    return values.length === 0 ? null : values.reduce((sum, one) => sum + one, 0) / values.length;
  };
  return {
    ...last,
    vertices: last.vertices.map((vertex, i) => ({
      ...vertex,
      busy: mean((tick) => tick.vertices[i]?.busy),
      queued: mean((tick) => tick.vertices[i]?.queued),
      backpressured: mean((tick) => tick.vertices[i]?.backpressured),
      backpressuredMax: mean((tick) => tick.vertices[i]?.backpressuredMax),
    })),
    edges: last.edges.map((edge, i) => ({ ...edge, fill: mean((tick) => tick.edges[i]?.fill) })),
  };
}

const DEPTHS = new WeakMap<JobTopology, Map<string, number>>();

/** Longest way from a source, in edges. Vertices come topologically sorted. */
function depthsOf(topology: JobTopology): Map<string, number> {
  const cached = DEPTHS.get(topology);
  if (cached !== undefined) return cached;
  const inputs = new Map<string, string[]>();
  for (const edge of topology.edges) {
    const sources = inputs.get(edge.target) ?? [];
    inputs.set(edge.target, sources);
    sources.push(edge.source);
  }
  const depths = new Map<string, number>();
  for (const vertex of topology.vertices) {
    const above = (inputs.get(vertex.id) ?? []).map((source) => (depths.get(source) ?? 0) + 1);
    depths.set(vertex.id, Math.max(0, ...above));
  }
  DEPTHS.set(topology, depths);
  return depths;
}
