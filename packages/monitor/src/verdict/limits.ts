/**
 * Which operators limit a job. An operator limits when a subtask of it is busy ≥ 80 % and itself
 * backpressured < 10 %, and something waits for it: an input edge at least half full, an upstream
 * subtask backpressured ≥ 10 %, or (a source) pending records that do not shrink. A backpressured
 * operator is a victim however busy it looks, unless all that holds it up are operators that wait
 * for their thread while it computes: then it holds itself up.
 *
 * Two kinds limit without being busy: one whose inputs are held back while barriers are aligned,
 * and a source that waits for its own outside while more and more is to be read.
 *
 * Of several the cause is the one farthest downstream. One that mostly waits for its thread comes
 * behind those that work, since one of them may be what it waits for.
 */
import type { JobTopology } from '@weir/console-protocol';
import { type GraphOrder, graphOrder } from './graph-order.ts';
import type { Picture, VertexPicture } from './picture.ts';

const BUSY_MIN = 0.8;
const BACKPRESSURED_MAX = 0.1;
const FILL_MIN = 0.5;
/** Of an operator's busy time; above it, the operator waits for its thread more than it works. */
const QUEUED_SHARE_MAX = 0.5;
/** Of the time, in its own code: so much of its thread that others feel it. */
const OWN_SHARE_MIN = 0.4;
/** Share of the time for which an edge has to be full to hold its sender up. */
const HOLDING_MIN = 0.02;
const ALIGNMENT_MIN = 0.2;
/** A source reads on without a pause, and what it emits costs its chain, not itself. */
const NEVER_STARVED = 0.95;
/** Of the time of a source that waits for what it reads from. */
const WAITING_MIN = 0.5;
/** Seconds of reading that may wait without being a backlog. */
const BACKLOG_SECONDS_MIN = 2;
/** Busy in so much of the time in which it was allowed to work. */
const NEXT_BUSY_MIN = 0.8;
const NEXT_BUSY_SHARE_MIN = 0.25;

export interface Limit {
  readonly vertexId: string;
  readonly kind: 'busy' | 'alignment' | 'source';
  /** Of its fullest input, and of the subtask upstream that waits most. */
  readonly inputFill: number | null;
  readonly upstreamBackpressured: number | null;
}

/** @param growing source vertices whose backlog does not shrink */
export function findLimits(
  picture: Picture,
  topology: JobTopology,
  growing: ReadonlySet<string>,
): Limit[] {
  const order = graphOrder(topology);
  const byId = new Map(picture.vertices.map((vertex) => [vertex.id, vertex]));
  const busy: Limit[] = [];
  const aligning: Limit[] = [];
  for (const vertex of picture.vertices) {
    const waits = waitsFor(vertex.id, picture, topology, order, byId);
    const busyEnough = isBusy(vertex) || holdsItselfUp(vertex, picture, topology, byId);
    if (busyEnough && (waits.some || readsTooSlowly(vertex, order, growing))) {
      busy.push({ vertexId: vertex.id, kind: 'busy', ...waits.evidence });
    } else if (waits.some && vertex.alignment >= ALIGNMENT_MIN && isFree(vertex)) {
      aligning.push({ vertexId: vertex.id, kind: 'alignment', ...waits.evidence });
    }
  }
  const held = aligning.filter(
    ({ vertexId }) => !busy.some((limit) => order.reaches(limit.vertexId, vertexId)),
  );
  const found = [...busy, ...held];
  if (found.length === 0) found.push(...waitingSources(picture, order, growing));
  return found.sort((left, right) => rank(byId, order, right) - rank(byId, order, left));
}

/** Who limits next once `cause` is mended: upstream, and busy whenever it is allowed to work. */
export function nextLimits(cause: string, picture: Picture, topology: JobTopology): string[] {
  const order = graphOrder(topology);
  return picture.vertices
    .filter(({ id, busiest }) => {
      if (busiest === null || id === cause || !order.reaches(id, cause)) return false;
      const { busy, backpressured } = busiest;
      const allowed = 1 - backpressured;
      return busy >= NEXT_BUSY_SHARE_MIN && allowed > 0 && busy / allowed >= NEXT_BUSY_MIN;
    })
    .map(({ id }) => id)
    .sort((left, right) => order.depth(right) - order.depth(left));
}

function isBusy({ busiest }: VertexPicture): boolean {
  return busiest !== null && busiest.busy >= BUSY_MIN && busiest.backpressured < BACKPRESSURED_MAX;
}

/** Busy whenever it is allowed to be, and what it waits for waits for the thread that it uses. */
function holdsItselfUp(
  { id, busiest }: VertexPicture,
  picture: Picture,
  topology: JobTopology,
  byId: ReadonlyMap<string, VertexPicture>,
): boolean {
  if (busiest === null || busiest.running < OWN_SHARE_MIN) return false;
  if (busiest.busy / (1 - busiest.backpressured) < NEXT_BUSY_MIN) return false;
  const holding = topology.edges.filter(({ source }, position) => {
    return source === id && (picture.blocked[position] ?? 1) >= HOLDING_MIN;
  });
  return holding.length > 0 && holding.every(({ target }) => isQueued(byId.get(target) ?? null));
}

function isQueued(vertex: VertexPicture | null): boolean {
  const busiest = vertex?.busiest ?? null;
  return busiest !== null && busiest.queued > busiest.busy * QUEUED_SHARE_MAX;
}

function isFree({ backpressuredMax }: VertexPicture): boolean {
  return (backpressuredMax ?? 0) < BACKPRESSURED_MAX;
}

function waitsFor(
  vertexId: string,
  picture: Picture,
  topology: JobTopology,
  order: GraphOrder,
  byId: ReadonlyMap<string, VertexPicture>,
) {
  let some = false;
  let inputFill: number | null = null;
  let upstreamBackpressured: number | null = null;
  for (const position of order.inputs(vertexId)) {
    const fill = picture.fills[position] ?? null;
    const sender = byId.get(topology.edges[position]!.source);
    const held = picture.blocked[position] ?? sender?.backpressuredMax ?? null;
    if (fill !== null) inputFill = Math.max(inputFill ?? 0, fill);
    if (held !== null) upstreamBackpressured = Math.max(upstreamBackpressured ?? 0, held);
    some ||= (fill ?? 0) >= FILL_MIN || (held ?? 0) >= BACKPRESSURED_MAX;
  }
  return { some, evidence: { inputFill, upstreamBackpressured } };
}

/** A source that is busy: its backlog grows, or nobody knows it and there is always more to read. */
function readsTooSlowly(
  vertex: VertexPicture,
  order: GraphOrder,
  growing: ReadonlySet<string>,
): boolean {
  if (order.inputs(vertex.id).length > 0) return false;
  if (vertex.pendingRecords !== null) return growing.has(vertex.id);
  // Reading as fast as it can is not a limit that anybody suffers from; work in its chain is.
  return (vertex.busiest?.busy ?? 0) >= NEVER_STARVED && chainOutweighsSource(vertex);
}

function chainOutweighsSource(vertex: VertexPicture): boolean {
  const subtask = vertex.subtasks().find((one) => one.subtask === vertex.busySubtask);
  const [source, ...chained] = (subtask?.operators ?? []).map(
    ({ running, external }) => running + external,
  );
  return source !== undefined && chained.some((one) => one > source);
}

/** Much waits to be read, more than is read in a while, and the source waits as well. */
function waitingSources(
  picture: Picture,
  order: GraphOrder,
  growing: ReadonlySet<string>,
): Limit[] {
  return picture.vertices
    .filter((vertex) => {
      const { id, busiest, pendingRecords, recordsIn } = vertex;
      if (busiest === null || busiest.idle + busiest.external < WAITING_MIN) return false;
      if (order.inputs(id).length > 0 || !growing.has(id) || !isFree(vertex)) return false;
      return (pendingRecords ?? 0) >= BACKLOG_SECONDS_MIN * Math.max(1, recordsIn ?? 0);
    })
    .map(({ id }) => ({
      vertexId: id,
      kind: 'source' as const,
      inputFill: null,
      upstreamBackpressured: null,
    }));
}

function rank(
  byId: ReadonlyMap<string, VertexPicture>,
  order: GraphOrder,
  { vertexId, kind }: Limit,
): number {
  const queued = kind === 'busy' && isQueued(byId.get(vertexId) ?? null);
  return order.depth(vertexId) - (queued ? 1_000_000 : 0);
}
