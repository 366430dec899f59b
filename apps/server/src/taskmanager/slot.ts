/**
 * Entry of a slot's thread: evaluates the job's bundle for its functions, builds the slot's runtime
 * around them and lets it work. Also the place where user code that goes astray outside any
 * operator's call is caught: rejected promises, throwing callbacks, `process.exit`.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { Configuration, invariant, toWire, WeirError } from '@weir/core';
import { buildJobGraph, type JobBindings, verifyBindings } from '@weir/graph';
import {
  type Deployment,
  operatorAt,
  operatorError,
  operatorText,
  type PositionedOperator,
  SlotRuntime,
  type SlotPorts,
  type TaskManagerToServer,
} from '@weir/runtime';
import { programError, userPlace } from '../compiler/program-error.ts';
import { evaluateProgram } from '../compiler/program-evaluation.ts';
import { flushCompileCacheOnceUp, installEngineResolution } from '../engine-resolution.ts';
import { systemAtomics, systemClock, systemRandom, systemTimers } from '../ports/system-ports.ts';
import { FileStorage } from '../storage/file-storage.ts';
import { forwardOutput } from './console-forwarding.ts';
import type { MainToSlot, SlotThreadData, SlotToMain } from './slot-protocol.ts';
import { operatorNear } from './whereabouts.ts';
import { positionCell, positionOf, startVitals } from './slot-vitals.ts';

installEngineResolution();

invariant(parentPort !== null, 'a slot runs in a worker thread');
const port = parentPort;
const { slot, vitals, beatPeriodMs } = workerData as SlotThreadData;

let runtime: SlotRuntime | null = null;
let deployment: Deployment | null = null;
let failed = false;
/** Stacks that were taken for log lines in this second. */
let stacks = 0;
let stackSecond = 0;
const STACKS_PER_SECOND_MAX = 100;

function send(message: TaskManagerToServer): void {
  if (message.type === 'taskState' && message.state === 'FAILED') failed = true;
  post({ type: 'message', message });
}

function post(message: SlotToMain): void {
  port.postMessage(message);
}

const ports: SlotPorts = {
  clock: systemClock,
  timers: systemTimers,
  random: systemRandom,
  atomics: systemAtomics,
  storage: (root) => new FileStorage(root),
  yieldTurn: () => new Promise((resolve) => setImmediate(resolve)),
  send,
};

async function bindingsOf({ graph, artifactUrl }: Deployment): Promise<JobBindings> {
  const { configuration, args, submittedAtMs } = graph;
  const request = { artifactUrl, configuration, defaults: {}, args, submittedAtMs };
  const program = await evaluateProgram(request);
  const host = { configuration: new Configuration(configuration), args, submittedAtMs };
  const { bindings } = buildJobGraph(program, host);
  verifyBindings(graph, bindings);
  return bindings;
}

async function start(message: MainToSlot & { type: 'start' }): Promise<void> {
  deployment = message.deployment;
  const { exchange, metrics } = message;
  let bindings: JobBindings;
  try {
    bindings = await bindingsOf(deployment);
  } catch (error) {
    fail(programError(error, `evaluating the job again in slot ${slot}`));
    return;
  }
  const position = positionCell(vitals);
  runtime = new SlotRuntime({ slot, deployment, bindings, exchange, metrics, position, ports });
  flushCompileCacheOnceUp();
  await runtime.run();
  post({ type: 'ended' });
}

/**
 * Reports a failure outside of any operator's call, on behalf of the task that is to blame, or of
 * the slot's first.
 */
function fail(error: unknown, culprit: PositionedOperator | null = null): void {
  const first = deployment?.tasks.find((candidate) => candidate.slot === slot);
  const task = culprit ?? first;
  if (task === undefined || failed) return;
  const { vertexId, subtask } = task;
  const atMs = Date.now();
  const wire = toWire(error);
  send({ type: 'taskState', vertexId, subtask, state: 'FAILED', atMs, error: wire });
}

/** Nobody awaits what fails here, so only the place in the code says which operator it may be. */
function astray(what: string, advice: string): (cause: unknown) => void {
  return (cause) => {
    const text = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
    const place = userPlace(cause instanceof Error ? (cause.stack ?? '') : '');
    const position = place === null ? null : `${place.file}:${place.line}`;
    const near =
      position === null || deployment === null ? null : operatorNear(position, deployment, slot);
    const at = position === null ? '' : ` at ${position}`;
    const by = near === null ? '' : `, near ${operatorText(near.node)}`;
    const error = new WeirError('USER_FUNCTION_FAILED', `${what}${at}${by}: ${text}; ${advice}`, {
      retryable: true,
      context: { position },
      cause,
    });
    error.stack = `${error.name}: ${error.message}`;
    fail(error, near);
  };
}

/** The operator that calls us, if one does. */
function caller(): PositionedOperator | null {
  if (deployment === null) return null;
  const { graph, tasks } = deployment;
  const found = operatorAt(positionOf(vitals), graph, tasks);
  return found?.inside === true ? found : null;
}

/**
 * Outside of operators' calls only what they wait for goes on: the rest of an async function. Its
 * place in the code says whose it is. A stack costs so much that a flood of lines gets no more.
 */
function awaiting(): PositionedOperator | null {
  const second = Math.floor(performance.now() / 1000);
  if (second !== stackSecond) stacks = 0;
  stackSecond = second;
  if (deployment === null || ++stacks > STACKS_PER_SECOND_MAX) return null;
  const place = userPlace(new Error('whose line is this').stack ?? '');
  return place === null ? null : operatorNear(`${place.file}:${place.line}`, deployment, slot);
}

startVitals(vitals, beatPeriodMs);
forwardOutput((entry) => {
  const place = caller() ?? awaiting();
  const { vertexId = null, subtask = null } = place ?? {};
  send({ type: 'log', entry: { ...entry, vertexId, subtask } });
});
process.on(
  'uncaughtException',
  astray(
    'a callback of the job threw',
    'catch it there, and hand it to the operator by a promise of asyncMap',
  ),
);
process.on(
  'unhandledRejection',
  astray(
    'a promise of the job was rejected and not handled',
    'await it in asyncMap, or catch its rejection',
  ),
);
process.exit = (code) => {
  const error = new WeirError(
    'USER_FUNCTION_FAILED',
    `the job called process.exit(${code ?? ''}); to end a job, let its sources end or cancel it`,
    { retryable: true },
  );
  // Thrown, the operator that called is named. If the job catches it, it still has to end.
  const operator = caller();
  const named = operator === null ? error : operatorError(error, operator.node, operator.subtask);
  setImmediate(() => fail(named, operator));
  throw error;
};
port.on('message', (message: MainToSlot) => {
  if (message.type === 'start') void start(message);
  else if (runtime !== null) runtime.handle(message.message);
  // Nothing was opened yet, so there is nothing to close.
  else if (message.message.type === 'cancel') post({ type: 'ended' });
});
