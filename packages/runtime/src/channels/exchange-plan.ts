/**
 * Who talks to whom, and in which memory: the plan of one attempt's exchange. The TaskManager's
 * main thread makes it before any slot starts and hands it to each as `workerData`; it is plain
 * data and shared memory.
 *
 * Invariants:
 * - A channel is one (edge, source subtask, target subtask); its id is `firstChannel` of the edge
 *   plus source × target parallelism + target (plus the subtask for FORWARD).
 * - A segment belongs to one sending slot for ever. A slot owns one for each of its channels that
 *   leave the thread and `FLOATING_SEGMENTS` for each subtask that has such a channel: exactly
 *   what the credits of its channels can add up to, so that the free list never runs dry.
 * - A mailbox between two slots holds as many ids as the sender has segments: it never fills.
 * - Words that different threads write lie on different cache lines.
 */
import { type AtomicsPort, invariant, WeirError } from '@weir/core';
import type { JobEdge, JobGraph, JobVertex, ShipStrategy } from '@weir/graph';

export const SEGMENT_BYTES = 32 * 1024;
/** Segments that the channels of one sending subtask share on top of one exclusive each. */
export const FLOATING_SEGMENTS = 8;

const SEGMENT_BYTES_MANY_CHANNELS = 8 * 1024;
const SEGMENT_BYTES_VERY_MANY_CHANNELS = 4 * 1024;
const MANY_CHANNELS = 256;
const VERY_MANY_CHANNELS = 4_096;
const SEGMENT_BYTES_MIN = 1024;
/** Byte offsets inside the pool are 32-bit integers. */
const POOL_BYTES_MAX = 2 ** 31 - 1;
/** Int32 cells between two words of different writers: two lines, because lines load in pairs. */
const LINE_CELLS = 32;
const SLOT_CELLS = 4 * LINE_CELLS;

export interface EdgePlan {
  readonly index: number;
  readonly source: string;
  readonly target: string;
  readonly targetInput: number;
  readonly strategy: ShipStrategy;
  readonly sourceParallelism: number;
  readonly targetParallelism: number;
  /** The target's: it decides the key groups of a HASH edge. */
  readonly maxParallelism: number;
  readonly firstChannel: number;
}

/** One direction between two slots; positions are Int32 cells of `control`. */
export interface PairPlan {
  readonly from: number;
  readonly to: number;
  /** Power of two, at least the sender's segments. */
  readonly capacity: number;
  readonly mailboxTailAt: number;
  readonly mailboxAt: number;
  readonly returnTailAt: number;
  readonly returnAt: number;
}

export interface SegmentOwner {
  readonly firstSegment: number;
  readonly segmentCount: number;
}

export interface ExchangePlan {
  readonly slots: number;
  readonly segmentBytes: number;
  readonly segmentCount: number;
  readonly channelCount: number;
  readonly pool: SharedArrayBuffer;
  readonly control: SharedArrayBuffer;
  /** By edge index. */
  readonly edges: readonly EdgePlan[];
  /** Vertex id → slot by subtask. */
  readonly placement: Readonly<Record<string, readonly number[]>>;
  /** By slot. */
  readonly owners: readonly SegmentOwner[];
  readonly pairs: readonly PairPlan[];
}

export interface PlacedTask {
  readonly vertexId: string;
  readonly subtask: number;
  /** 0-based. */
  readonly slot: number;
}

/**
 * Plans and allocates the exchange of one attempt.
 *
 * @param slots number of slot threads; every task's slot is below it
 * @param segmentBytes size of a segment where an edge has few channels, a multiple of 8; smaller
 *   ones are taken where one edge has more than 256 (8 KiB) or 4,096 channels (4 KiB)
 * @throws WeirError CONFIG_INVALID when the channels would need more than 2 GiB, or for a
 *   segment size that can't hold anything. O(channels).
 */
export function planExchange(
  graph: JobGraph,
  tasks: readonly PlacedTask[],
  slots: number,
  segmentBytes: number = SEGMENT_BYTES,
): ExchangePlan {
  if (segmentBytes < SEGMENT_BYTES_MIN || segmentBytes % 8 !== 0) {
    throw new WeirError(
      'CONFIG_INVALID',
      `a memory segment of ${segmentBytes} bytes is not possible; choose a multiple of 8, ` +
        `at least ${SEGMENT_BYTES_MIN}`,
    );
  }
  const placement = placementOf(graph, tasks, slots);
  const { edges, channelCount } = planEdges(graph);
  const crossing = countCrossings(edges, placement, slots);
  const bytes = segmentBytesFor(crossing.mostPerEdge, segmentBytes);

  const owners: SegmentOwner[] = [];
  let segmentCount = 0;
  for (let slot = 0; slot < slots; slot++) {
    const owned = crossing.bySlot[slot]! + FLOATING_SEGMENTS * crossing.senders[slot]!.size;
    owners.push({ firstSegment: segmentCount, segmentCount: owned });
    segmentCount += owned;
  }
  if (segmentCount * bytes > POOL_BYTES_MAX) {
    throw new WeirError(
      'CONFIG_INVALID',
      `${channelCount} channels need ${segmentCount} memory segments of ${bytes} bytes, which is ` +
        'more than 2 GiB; lower the parallelism or taskmanager.memory.segment-size',
      { context: { channelCount, segmentCount, segmentBytes: bytes } },
    );
  }
  const { pairs, cells } = planPairs(crossing.pairs, owners, slots);
  return {
    slots,
    segmentBytes: bytes,
    segmentCount,
    channelCount,
    pool: new SharedArrayBuffer(segmentCount * bytes),
    control: new SharedArrayBuffer(cells * 4),
    edges,
    placement,
    owners,
    pairs,
  };
}

/** Position of a slot's doorbell word in `control`. */
export function bellAt(slot: number): number {
  return slot * SLOT_CELLS;
}

/** Position of the word that says that a slot sleeps or is about to. */
export function sleepingAt(slot: number): number {
  return slot * SLOT_CELLS + LINE_CELLS;
}

export function turnsAt(slot: number): number {
  return slot * SLOT_CELLS + 2 * LINE_CELLS;
}

export function segmentsUsedAt(slot: number): number {
  return slot * SLOT_CELLS + 3 * LINE_CELLS;
}

/** Turns that a slot has begun, modulo 2^32; one that stands still hangs. For the main thread. */
export function readTurns(plan: ExchangePlan, slot: number, atomics: AtomicsPort): number {
  return atomics.load(new Int32Array(plan.control), turnsAt(slot)) >>> 0;
}

/** Segments that are being filled, under way or being read, as of each slot's last turn. */
export function segmentsInUse(plan: ExchangePlan, atomics: AtomicsPort): number {
  const cells = new Int32Array(plan.control);
  let used = 0;
  for (let slot = 0; slot < plan.slots; slot++) used += atomics.load(cells, segmentsUsedAt(slot));
  return used;
}

/** Channels of an edge that a source subtask sends into: one for FORWARD, else one per target. */
export function fanOut(edge: EdgePlan): number {
  return edge.strategy === 'FORWARD' ? 1 : edge.targetParallelism;
}

/** @param output 0 … `fanOut(edge)` − 1 */
export function channelIdOf(edge: EdgePlan, source: number, output: number): number {
  return edge.firstChannel + source * fanOut(edge) + output;
}

export function targetOf(edge: EdgePlan, source: number, output: number): number {
  return edge.strategy === 'FORWARD' ? source : output;
}

function placementOf(
  graph: JobGraph,
  tasks: readonly PlacedTask[],
  slots: number,
): Record<string, number[]> {
  const placement: Record<string, number[]> = {};
  for (const vertex of graph.vertices) {
    placement[vertex.id] = new Array<number>(vertex.parallelism).fill(-1);
  }
  for (const { vertexId, subtask, slot } of tasks) {
    const subtasks = placement[vertexId];
    const known = subtasks !== undefined && subtask >= 0 && subtask < subtasks.length;
    invariant(known && slot >= 0 && slot < slots, 'task outside the graph or the slots', {
      vertexId,
      subtask,
      slot,
      slots,
    });
    subtasks[subtask] = slot;
  }
  for (const [vertexId, subtasks] of Object.entries(placement)) {
    invariant(!subtasks.includes(-1), 'a subtask has no slot', { vertexId });
  }
  return placement;
}

function planEdges(graph: JobGraph): { edges: EdgePlan[]; channelCount: number } {
  const vertices = new Map<string, JobVertex>();
  for (const vertex of graph.vertices) vertices.set(vertex.id, vertex);
  const edges: EdgePlan[] = [];
  let channelCount = 0;
  graph.edges.forEach((edge, position) => {
    invariant(edge.index === position, 'edge index is not its position', { position });
    const planned = planEdge(edge, vertices, channelCount);
    edges.push(planned);
    channelCount += planned.sourceParallelism * fanOut(planned);
  });
  return { edges, channelCount };
}

function planEdge(
  edge: JobEdge,
  vertices: ReadonlyMap<string, JobVertex>,
  firstChannel: number,
): EdgePlan {
  const source = vertices.get(edge.source);
  const target = vertices.get(edge.target);
  invariant(source && target, 'edge without its vertices', { edge: edge.index });
  invariant(
    edge.strategy !== 'FORWARD' || source.parallelism === target.parallelism,
    'FORWARD between different parallelisms',
    { edge: edge.index, source: source.parallelism, target: target.parallelism },
  );
  return {
    index: edge.index,
    source: edge.source,
    target: edge.target,
    targetInput: edge.targetInput,
    strategy: edge.strategy,
    sourceParallelism: source.parallelism,
    targetParallelism: target.parallelism,
    maxParallelism: target.maxParallelism,
    firstChannel,
  };
}

interface Crossings {
  /** Channels that leave each slot's thread. */
  readonly bySlot: number[];
  /** Per slot: the subtasks that have such a channel. */
  readonly senders: Array<Set<string>>;
  /** from × slots + to. */
  readonly pairs: Set<number>;
  readonly mostPerEdge: number;
}

function countCrossings(
  edges: readonly EdgePlan[],
  placement: Readonly<Record<string, readonly number[]>>,
  slots: number,
): Crossings {
  const bySlot = new Array<number>(slots).fill(0);
  const senders = Array.from({ length: slots }, () => new Set<string>());
  const pairs = new Set<number>();
  let mostPerEdge = 0;
  for (const edge of edges) {
    let crossing = 0;
    for (let source = 0; source < edge.sourceParallelism; source++) {
      const from = placement[edge.source]![source]!;
      for (let output = 0; output < fanOut(edge); output++) {
        const to = placement[edge.target]![targetOf(edge, source, output)]!;
        if (from === to) continue;
        crossing++;
        bySlot[from]!++;
        senders[from]!.add(`${edge.source}#${source}`);
        pairs.add(from * slots + to);
      }
    }
    mostPerEdge = Math.max(mostPerEdge, crossing);
  }
  return { bySlot, senders, pairs, mostPerEdge };
}

function segmentBytesFor(channels: number, wanted: number): number {
  if (channels > VERY_MANY_CHANNELS) return Math.min(wanted, SEGMENT_BYTES_VERY_MANY_CHANNELS);
  if (channels > MANY_CHANNELS) return Math.min(wanted, SEGMENT_BYTES_MANY_CHANNELS);
  return wanted;
}

function planPairs(
  crossing: ReadonlySet<number>,
  owners: readonly SegmentOwner[],
  slots: number,
): { pairs: PairPlan[]; cells: number } {
  const pairs: PairPlan[] = [];
  let cells = slots * SLOT_CELLS;
  const take = (count: number): number => {
    const at = cells;
    cells += Math.ceil(count / LINE_CELLS) * LINE_CELLS;
    return at;
  };
  for (const pair of [...crossing].sort((left, right) => left - right)) {
    const from = Math.floor(pair / slots);
    const to = pair % slots;
    const capacity = powerOfTwo(owners[from]!.segmentCount);
    pairs.push({
      from,
      to,
      capacity,
      mailboxTailAt: take(1),
      mailboxAt: take(capacity),
      returnTailAt: take(1),
      returnAt: take(capacity),
    });
  }
  return { pairs, cells };
}

function powerOfTwo(least: number): number {
  let power = 1;
  while (power < least) power *= 2;
  return power;
}
