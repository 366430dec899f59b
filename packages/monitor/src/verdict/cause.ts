/**
 * Why an operator limits: what dominates the time of its busiest subtask. The first rule that
 * applies gives the cause; rules come in the order in which they explain more.
 */
import type {
  JobTopology,
  VerdictCause,
  VerdictFigures,
  VerdictSubject,
} from '@weir/console-protocol';
import type { Limit } from './limits.ts';
import {
  medianOf,
  type OperatorPicture,
  type Picture,
  rounded,
  type SubtaskPicture,
  type ThreadPicture,
  type ThreadUser,
  type VertexPicture,
} from './picture.ts';

/** Nothing moves for longer than any single call should take. */
const STUCK_MS = 10_000;
const GC_MIN = 0.2;
const DELAY_MS_MIN = 200;
const SKEW_RATE_MIN = 2;
const SKEW_RATE_WITH_BUSY_MIN = 1.3;
const SKEW_OTHERS_BUSY_MAX = 0.5;
const SKEW_OTHERS_LIMITED = 0.8;
const HALF = 0.5;
/** So many times as long as it computes, a thread waits for a core. */
const STARVED = 1;
const STARVED_PAUSES = 2;

export interface Finding {
  readonly vertexId: string;
  readonly cause: VerdictCause | null;
  readonly operatorId: string | null;
  readonly subtask: number;
  readonly subject: VerdictSubject | null;
  readonly figures: Partial<VerdictFigures>;
}

/** All that the rules see. */
interface Suspect {
  readonly limit: Limit;
  readonly picture: Picture;
  readonly topology: JobTopology;
  readonly vertex: VertexPicture;
  readonly node: JobTopology['vertices'][number];
  readonly subtask: SubtaskPicture;
  readonly others: readonly SubtaskPicture[];
  readonly thread: ThreadPicture | null;
}

interface Reason {
  readonly cause: VerdictCause;
  readonly subject?: VerdictSubject | null;
  readonly operatorId?: string | null;
  readonly figures?: Partial<VerdictFigures>;
}

type Rule = (suspect: Suspect) => Reason | null;

/** Without details of its subtasks, a vertex limits for no known reason. */
export function findCause(limit: Limit, picture: Picture, topology: JobTopology): Finding {
  const suspect = suspectOf(limit, picture, topology);
  if (suspect === null) {
    const { vertexId } = limit;
    return { vertexId, cause: null, operatorId: null, subtask: 0, subject: null, figures: {} };
  }
  const { node, subtask } = suspect;
  let reason: Reason | null = null;
  for (const rule of RULES) {
    reason = rule(suspect);
    if (reason !== null) break;
  }
  const operatorId =
    reason?.operatorId ?? (node.operators.length === 1 ? node.operators[0]!.id : null);
  return {
    vertexId: node.id,
    cause: reason?.cause ?? null,
    operatorId,
    subtask: subtask.subtask,
    subject: reason?.subject ?? null,
    figures: { ...commonFigures(suspect), ...reason?.figures },
  };
}

const RULES: readonly Rule[] = [
  stuck,
  alignment,
  waitingSource,
  collectsGarbage,
  blocksThread,
  waitsForThread,
  skewed,
  waitsOutside,
  hasNoCore,
  readsSlowly,
  computes,
];

function stuck(suspect: Suspect): Reason | null {
  const { vertex, limit, thread } = suspect;
  if (limit.kind !== 'busy' || vertex.stillMs < STUCK_MS) return null;
  const { hung } = thread ?? { hung: null };
  const operatorId = hung?.operatorId ?? waiting(suspect)?.operatorId ?? null;
  return { cause: 'stuck', operatorId, subject: callSiteOf(suspect, operatorId) };
}

function alignment({ limit, vertex, topology }: Suspect): Reason | null {
  if (limit.kind !== 'alignment') return null;
  const figures = { alignment: rounded(vertex.alignment) };
  const edge = topology.edges.find(({ index }) => index === vertex.lateEdge);
  if (edge === undefined) return { cause: 'alignment', figures };
  const name = nameOfVertex(topology, edge.source);
  const subject = { kind: 'edge' as const, name, vertexId: edge.source, edge: edge.index };
  return { cause: 'alignment', subject, figures };
}

function waitingSource({ limit, node }: Suspect): Reason | null {
  return limit.kind === 'source' ? { cause: 'source', operatorId: node.operators[0]!.id } : null;
}

function collectsGarbage(suspect: Suspect): Reason | null {
  const { thread, subtask } = suspect;
  if (thread === null || thread.gc < GC_MIN || subtask.external >= HALF * subtask.busy) return null;
  // Its pauses wait for other threads, and are long for that alone where these get no core.
  if (isStarved(thread, STARVED_PAUSES)) return null;
  const { heapUsedBytes, heapLimitBytes } = thread;
  const figures = { gcMs: Math.round(thread.gc * 1000), heapUsedBytes, heapLimitBytes };
  return { cause: 'gc', operatorId: hottest(suspect)?.operatorId ?? null, figures };
}

/** One call keeps the thread, computing or waiting in it; others on the thread suffer as well. */
function blocksThread(suspect: Suspect): Reason | null {
  const { thread, subtask, picture } = suspect;
  if (thread === null || !runs(subtask)) return null;
  const own = thread.hung?.vertexId === suspect.vertex.id ? thread.hung : null;
  // What the thread waited for a core is nobody's call.
  const delayMs = thread.delayMs - (thread.runDelay ?? 0) * 1000;
  const sleeps = sleepsInCalls(suspect);
  if (own === null && delayMs < DELAY_MS_MIN && !sleeps) return null;
  if (machineIsFull(picture) && thread.runDelay === null) return null;
  const operatorId = own?.operatorId ?? hottest(suspect)?.operatorId ?? null;
  const eventLoopDelayMs = Math.round(Math.max(thread.delayMs, own?.forMs ?? 0));
  return { cause: 'blocked', operatorId, figures: { eventLoopDelayMs } };
}

/** Its tasks say that they run, but the thread hardly computes, nor waits for a core. */
function sleepsInCalls({ thread, picture }: Suspect): boolean {
  if (thread === null || thread.runDelay === null) return false;
  const running = runningOn(thread.slot, picture);
  return running >= 0.8 && thread.cpu + thread.runDelay <= HALF * running;
}

function waitsForThread(suspect: Suspect): Reason | null {
  const { subtask, topology, vertex } = suspect;
  if (subtask.queued < HALF * subtask.busy) return null;
  const user = neighbour(suspect);
  if (user === null) return { cause: 'queued', operatorId: null };
  const name = nameOfVertex(topology, user.vertexId, user.operatorId);
  const subject = { kind: 'operator' as const, name, vertexId: user.vertexId, edge: null };
  const figures = { neighbourRunning: rounded(user.running) };
  const operatorId = suspect.node.operators[0]?.id ?? vertex.id;
  return { cause: 'queued', operatorId, subject, figures };
}

function skewed(suspect: Suspect): Reason | null {
  const { subtask, others, node } = suspect;
  if (others.length === 0) return null;
  const usual = medianOf(others.map(rateOf).filter((rate) => rate !== null));
  const own = rateOf(subtask);
  if (usual === null || own === null) return null;
  const othersBusy = medianOf(others.map(({ busy }) => busy)) ?? 1;
  const factor = own / Math.max(usual, own / 1000);
  // Where the others are at their limit as well, something else slows them down.
  if (othersBusy >= SKEW_OTHERS_LIMITED) return null;
  const needed = othersBusy < SKEW_OTHERS_BUSY_MAX ? SKEW_RATE_WITH_BUSY_MIN : SKEW_RATE_MIN;
  if (factor < needed) return null;
  const operatorId = hottest(suspect)?.operatorId ?? node.operators[0]!.id;
  return { cause: 'skew', operatorId, figures: { skewFactor: rounded(factor, 1) } };
}

function waitsOutside(suspect: Suspect): Reason | null {
  const { subtask, vertex } = suspect;
  if (subtask.external < HALF * subtask.busy) return null;
  const operator = waiting(suspect);
  const operatorId = operator?.operatorId ?? null;
  const { asyncInFlight = null, asyncCapacity = null, recordsIn = null } = operator ?? {};
  const { callP50Ms = null, callP99Ms = null } = operator ?? {};
  // Little's law: what is under way is what comes in the time of one call.
  const rate = recordsIn ?? vertex.recordsIn;
  const callMs =
    asyncInFlight !== null && rate !== null && rate > 0
      ? Math.round((asyncInFlight / rate) * 1000)
      : null;
  const subject = callSiteOf(suspect, operatorId);
  return {
    cause: 'external',
    operatorId,
    subject,
    figures: { asyncInFlight, asyncCapacity, callMs, callP50Ms, callP99Ms },
  };
}

/** It would compute, but other threads have the cores. */
function hasNoCore(suspect: Suspect): Reason | null {
  const { thread, picture, subtask } = suspect;
  if (thread === null || !runs(subtask)) return null;
  const starved =
    thread.runDelay === null
      ? machineIsFull(picture) && thread.cpu < HALF * runningOn(thread.slot, picture)
      : isStarved(thread, STARVED);
  if (!starved) return null;
  return { cause: 'machine', operatorId: hottest(suspect)?.operatorId ?? null };
}

function readsSlowly(suspect: Suspect): Reason | null {
  const source = suspect.node.operators[0]!;
  if (source.role !== 'source') return null;
  const operator = hottest(suspect);
  if (operator !== null && operator.operatorId !== source.id) return null;
  return { cause: 'source', operatorId: source.id };
}

function computes(suspect: Suspect): Reason | null {
  const operator = hottest(suspect);
  // Without the parts of busy nobody knows.
  if (suspect.thread === null && operator === null && suspect.subtask.running === 0) return null;
  const figures = { operatorRunning: operator === null ? null : rounded(operator.running) };
  return { cause: 'cpu', operatorId: operator?.operatorId ?? null, figures };
}

function suspectOf(limit: Limit, picture: Picture, topology: JobTopology): Suspect | null {
  const vertex = picture.vertices.find(({ id }) => id === limit.vertexId);
  const node = topology.vertices.find(({ id }) => id === limit.vertexId);
  const subtasks = vertex?.subtasks() ?? [];
  const subtask = subtasks.find((one) => one.subtask === vertex?.busySubtask) ?? subtasks[0];
  if (vertex === undefined || node === undefined || subtask === undefined) return null;
  const others = subtasks.filter((one) => one !== subtask);
  const thread = subtask.slot === null ? null : (picture.threads.get(subtask.slot) ?? null);
  return { limit, picture, topology, vertex, node, subtask, others, thread };
}

function commonFigures({ limit, vertex, subtask, others, thread, picture }: Suspect) {
  const { inputFill, upstreamBackpressured } = limit;
  const rate = vertex.recordsIn;
  const busyMean =
    [subtask, ...others].reduce((sum, { busy }) => sum + busy, 0) / (others.length + 1);
  const figures: Partial<VerdictFigures> = {
    busy: rounded(subtask.busy),
    busyOthers: orNull(medianOf(others.map(({ busy }) => busy)), rounded),
    running: rounded(subtask.running),
    queued: rounded(subtask.queued),
    external: rounded(subtask.external),
    inputFill: orNull(inputFill, rounded),
    upstreamBackpressured: orNull(upstreamBackpressured, rounded),
    recordsPerSecond: orNull(rate, Math.round),
    capacityPerSecond: rate === null || busyMean < 0.05 ? null : Math.round(rate / busyMean),
  };
  if (thread === null) return figures;
  return {
    ...figures,
    gcMs: Math.round(thread.gc * 1000),
    heapUsedBytes: thread.heapUsedBytes,
    heapLimitBytes: thread.heapLimitBytes,
    eventLoopDelayMs: Math.round(thread.delayMs),
    threadCpu: rounded(thread.cpu),
    machineBusy: orNull(picture.machine?.busyCores ?? null, (value) => rounded(value, 1)),
    machineCores: picture.machine?.cores ?? null,
  };
}

/** Computing is the largest part of its busy time. */
function runs({ running, queued, external }: SubtaskPicture): boolean {
  return running >= queued && running >= external;
}

function hottest({ subtask }: Suspect): OperatorPicture | null {
  return most(subtask.operators, ({ running }) => running);
}

function waiting({ subtask }: Suspect): OperatorPicture | null {
  return most(subtask.operators, ({ external }) => external);
}

function most(
  operators: readonly OperatorPicture[],
  of: (operator: OperatorPicture) => number,
): OperatorPicture | null {
  let found: OperatorPicture | null = null;
  for (const operator of operators) {
    if (of(operator) > (found === null ? 0 : of(found))) found = operator;
  }
  return found;
}

/** Who runs most on the same thread. */
function neighbour({ picture, subtask, vertex }: Suspect) {
  let found: ThreadUser | null = null;
  for (const user of picture.usersOf(subtask.slot)) {
    if (user.vertexId !== vertex.id && user.running > (found?.running ?? 0)) found = user;
  }
  if (found === null) return null;
  const { vertexId, running, subtask: at } = found;
  const subtasks = picture.vertices.find(({ id }) => id === vertexId)?.subtasks() ?? [];
  const operators = subtasks.find((one) => one.subtask === at)?.operators ?? [];
  const operator = most(operators, (one) => one.running);
  return { vertexId, running, operatorId: operator?.operatorId ?? null };
}

function runningOn(slot: number, picture: Picture): number {
  return picture.usersOf(slot).reduce((sum, { running }) => sum + running, 0);
}

function isStarved({ cpu, runDelay }: ThreadPicture, times: number): boolean {
  return runDelay !== null && runDelay > times * cpu;
}

function machineIsFull({ machine }: Picture): boolean {
  return machine !== null && machine.busyCores >= 0.95 * machine.cores;
}

function callSiteOf({ node }: Suspect, operatorId: string | null): VerdictSubject | null {
  const operator = node.operators.find(({ id }) => id === operatorId);
  if (operator === undefined) return null;
  const { callSite, name } = operator;
  return { kind: 'callSite', name: callSite ?? name, vertexId: null, edge: null };
}

/** The operator's name, or what users call a chain: its first operator's. */
export function nameOfVertex(
  topology: JobTopology,
  vertexId: string,
  operatorId: string | null = null,
): string {
  const vertex = topology.vertices.find(({ id }) => id === vertexId);
  const operator =
    vertex?.operators.find(({ id }) => id === operatorId) ?? vertex?.operators[0] ?? null;
  return operator?.name.replace(/^(Source|Sink): /, '') ?? vertex?.name ?? vertexId;
}

function rateOf({ recordsIn, recordsOut }: SubtaskPicture): number | null {
  return recordsIn !== null && recordsIn > 0 ? recordsIn : recordsOut;
}

function orNull(value: number | null, of: (value: number) => number): number | null {
  return value === null ? null : of(value);
}
