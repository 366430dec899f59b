/**
 * Runs a case on a real server: the job starts well, goes wrong at a moment that is written down,
 * and what was said about it is read from the history that the server kept.
 */
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Bottleneck, JobHistory, JobTopology } from '@weir/console-protocol';
import type { WeirServer } from '../weir-server.ts';
import { type Expected, expectedOf, type Plan } from './plan.ts';

const JOB = 'e2e/verdict-cases/job.ts';
const IN_TIME_MS = 10_000;
/** Where others have the cores, the job itself takes longer to get into trouble. */
const IN_TIME_FULL_MS = 20_000;
/** A job that has just started is warm after so long. */
const WARM_MS = 6000;
const POLL_MS = 250;
const START_MS_MAX = 60_000;
/** Share of all cores in use, above which a thread has to wait for one. */
const MACHINE_FULL = 0.95;
/** For a verdict's seconds: a thread may wait while another core is free for a moment. */
const MACHINE_CROWDED = 0.85;
const EVIDENCE_MS = 8000;
/** Of the collector's case: much of it is in use, none of it runs out. */
const HEAP: Readonly<Record<string, string>> = { garbage: '160mb' };

export interface Spoken {
  readonly operator: string;
  readonly cause: string;
  readonly subject: string | null;
  /** After the case went wrong; negative = before. */
  readonly afterMs: number;
}

export interface CaseResult {
  readonly plan: Plan;
  /** Verdicts in the order in which they were spoken, each once. */
  readonly spoken: readonly Spoken[];
  /** What stood there ten seconds after the case went wrong. */
  readonly inTime: Spoken | null;
  readonly isRight: boolean;
  /** While it went wrong, all cores of the machine were in use, by this job or others. */
  readonly machineWasFull: boolean;
}

/** Starts a case's job; resolves when all of its tasks run. */
export async function startCase(weir: WeirServer, plan: Plan) {
  const file = join(weir.folder, `switch-${plan.kind}-${plan.seed}`);
  const heap = HEAP[plan.kind];
  const options = heap === undefined ? [] : ['-D', `taskmanager.memory.task.heap.size=${heap}`];
  const jobId = await weir.run(JOB, [JSON.stringify(plan), file], options);
  const startedAtMs = Date.now();
  while (Date.now() - startedAtMs < START_MS_MAX) {
    const { 'status-counts': counts, vertices } = await weir.get<RunningJob>(`/jobs/${jobId}`);
    if (counts.RUNNING === vertices.length) break;
    await delay(POLL_MS);
  }
  return { jobId, turnOn: () => writeFileSync(file, '') };
}

/** The whole of a case that goes wrong; longer where the machine is full. */
export async function runTrouble(weir: WeirServer, plan: Plan): Promise<CaseResult> {
  const { jobId, turnOn } = await startCase(weir, plan);
  await delay(WARM_MS);
  const onsetMs = Date.now();
  const machine = new Machine();
  turnOn();
  // Ticks come once a second; the last one that counts has to be there.
  await delay(IN_TIME_MS + 1500);
  const situation = { onsetMs, machineWasFull: machine.isFull };
  let result = resultOf(plan, await historyOf(weir, jobId), situation, IN_TIME_MS);
  if (!result.isRight && situation.machineWasFull) {
    await delay(IN_TIME_FULL_MS - IN_TIME_MS);
    result = resultOf(plan, await historyOf(weir, jobId), situation, IN_TIME_FULL_MS);
  }
  await cancel(weir, jobId);
  return result;
}

/** Verdicts on a job in which nothing is wrong; that the machine is full may be true at a moment. */
export async function falseAlarms(
  weir: WeirServer,
  jobId: string,
  machine: Machine,
): Promise<Spoken[]> {
  const history = await historyOf(weir, jobId);
  const firstMs = history.ticks[0]?.t ?? 0;
  const spoken = spokenIn(history, firstMs);
  return spoken.filter((one) => !isMachine(one, machine.wasFullBefore(firstMs + one.afterMs)));
}

/** How much of the machine is in use, by whatever runs on it, since this was made. */
export class Machine {
  readonly #samples = [{ atMs: Date.now(), ...coreTimes() }];

  /** From now on `wasFullBefore` can tell. */
  watch(): this {
    const sample = () => this.#samples.push({ atMs: Date.now(), ...coreTimes() });
    setInterval(sample, 1000).unref();
    return this;
  }

  get isFull(): boolean {
    return this.#shareBetween(this.#samples[0]!, coreTimes()) >= MACHINE_FULL;
  }

  /** In the seconds of which a verdict that was spoken then was made. */
  wasFullBefore(atMs: number): boolean {
    const end = this.#samples.findLast((sample) => sample.atMs <= atMs);
    const begin = this.#samples.findLast((sample) => sample.atMs <= atMs - EVIDENCE_MS);
    if (end === undefined || begin === undefined || end === begin) return false;
    return this.#shareBetween(begin, end) >= MACHINE_CROWDED;
  }

  #shareBetween(before: CoreTimes, after: CoreTimes): number {
    const busyMs = after.busyMs - before.busyMs;
    return busyMs / (busyMs + after.idleMs - before.idleMs);
  }
}

export async function cancel(weir: WeirServer, jobId: string): Promise<void> {
  await fetch(`${weir.url}/jobs/${jobId}`, { method: 'PATCH' });
}

/** One line, for a report. */
export function describeCase(result: CaseResult): string {
  const { plan, spoken, inTime, isRight, machineWasFull } = result;
  const said = inTime === null ? 'nothing' : textOf(inTime);
  const { operator = '', causes = [] } = expectedOf(plan) ?? {};
  const others = spoken.filter((one) => one !== inTime).map(textOf);
  return (
    `${isRight ? 'right' : 'WRONG'} ${plan.kind} (seed ${plan.seed}): ${said}` +
    (isRight ? '' : `; expected ${operator}: ${causes.join(' or ')}`) +
    (others.length === 0 ? '' : `; also said: ${others.join(', ')}`) +
    (machineWasFull ? '; all cores were in use' : '')
  );
}

interface RunningJob {
  readonly 'status-counts': Readonly<Record<string, number>>;
  readonly vertices: readonly unknown[];
}

function historyOf(weir: WeirServer, jobId: string): Promise<JobHistory> {
  const now = Date.now();
  return weir.get(`/weir/v1/jobs/${jobId}/history?from=${now - 1_500_000}&to=${now + 1000}`);
}

interface CoreTimes {
  readonly busyMs: number;
  readonly idleMs: number;
}

function coreTimes(): CoreTimes {
  let busyMs = 0;
  let idleMs = 0;
  for (const { times } of cpus()) {
    busyMs += times.user + times.nice + times.sys + times.irq;
    idleMs += times.idle;
  }
  return { busyMs, idleMs };
}

interface Situation {
  readonly onsetMs: number;
  readonly machineWasFull: boolean;
}

function resultOf(
  plan: Plan,
  history: JobHistory,
  { onsetMs, machineWasFull }: Situation,
  inTimeMs: number,
): CaseResult {
  const all = spokenIn(history, onsetMs);
  const last = history.ticks.findLast(({ t }) => t <= onsetMs + inTimeMs);
  const said = last?.bottleneck ?? null;
  const found = said === null ? undefined : all.findLast(({ afterMs }) => afterMs <= inTimeMs);
  // What it points at may have been looked for after it was spoken.
  const inTime = found === undefined ? null : { ...found, subject: said?.subject?.name ?? null };
  const spoken = all.map((one) => (one === found ? inTime! : one));
  const expected = expectedOf(plan);
  const early = spoken.some((one) => one.afterMs < 0 && !isMachine(one, machineWasFull));
  const isRight = !early && expected !== null && fits(inTime, expected, machineWasFull);
  return { plan, spoken, inTime, isRight, machineWasFull };
}

/** Said that the machine is the limit, and it was. */
function isMachine({ cause }: Spoken, machineWasFull: boolean): boolean {
  return cause === 'machine' && machineWasFull;
}

function fits(said: Spoken | null, expected: Expected, machineWasFull: boolean): boolean {
  const { operator, causes, subject, computing = [] } = expected;
  if (said?.cause === 'machine') return machineWasFull && computing.includes(said.operator);
  if (said === null || said.operator !== operator || !causes.includes(said.cause)) return false;
  return subject === undefined || said.subject === subject;
}

function spokenIn({ topology, ticks }: JobHistory, onsetMs: number): Spoken[] {
  const spoken: Spoken[] = [];
  let before = '';
  for (const { t, bottleneck } of ticks) {
    const key = bottleneck == null ? '' : `${bottleneck.vertexId} ${bottleneck.cause}`;
    if (bottleneck != null && key !== before) {
      spoken.push(spokenOf(topology, bottleneck, t - onsetMs));
    }
    before = key;
  }
  return spoken;
}

function spokenOf(topology: JobTopology, bottleneck: Bottleneck, afterMs: number): Spoken {
  const { vertexId, operatorId, cause = null, subject = null } = bottleneck;
  const vertex = topology.vertices.find(({ id }) => id === vertexId);
  const operators = vertex?.operators ?? [];
  const operator = operators.find(({ id }) => id === operatorId) ?? operators[0];
  return {
    operator: operator?.name.replace(/^(Source|Sink): /, '') ?? vertexId,
    cause: cause ?? 'unknown',
    subject: subject?.name ?? null,
    afterMs,
  };
}

function textOf({ operator, cause, subject, afterMs }: Spoken): string {
  const pointed = subject === null ? '' : ` (${subject})`;
  return `${operator} is ${cause}${pointed} at ${(afterMs / 1000).toFixed(1)} s`;
}
