/**
 * Runs the slots of a deployment in one thread, under virtual time, with real tasks, channels and
 * checkpoint files, and plays the coordinator's part by hand. For tests of tasks.
 */
import {
  type ClockPort,
  type OperatorId,
  type StoragePort,
  type VertexId,
  WeirError,
} from '@weir/core';
import type { JobBindings, JobEdge, JobGraph, JobVertex, OperatorNode } from '@weir/graph';
import {
  type CheckpointType,
  type Deployment,
  type ExecutionState,
  type OperatorFactory,
  planExchange,
  type ServerToTaskManager,
  SlotRuntime,
  type StateFile,
  type SubtaskSnapshot,
  type TaskDeployment,
  type TaskManagerToServer,
} from '@weir/runtime';
import { MemoryStorage } from './memory-storage.ts';
import { SeededRandom } from './seeded-random.ts';
import { settle, VirtualTime } from './virtual-time.ts';

export interface RigOperator {
  readonly name: string;
  readonly factory: OperatorFactory;
  readonly operatorType?: string;
  readonly origin?: string;
  /** Side outputs that are chained: the operator's position, by tag. Others: the next in line. */
  readonly chainedOutputs?: OperatorNode['chainedOutputs'];
}

export interface RigVertex {
  readonly name: string;
  readonly parallelism: number;
  readonly operators: readonly RigOperator[];
}

export interface RigEdge {
  readonly from: string;
  readonly to: string;
  readonly strategy: JobEdge['strategy'];
  readonly keySelector?: (row: never) => unknown;
  readonly outputTag?: string;
  readonly sourceOperator?: number;
}

export interface RigJob {
  readonly vertices: readonly RigVertex[];
  readonly edges: readonly RigEdge[];
  readonly slots: number;
  readonly configuration?: Readonly<Record<string, string>>;
  /** What `checkpoint` of an earlier rig answered. */
  readonly restore?: RigCheckpoint;
  readonly storage?: MemoryStorage;
  /** Operators that the evaluation of the bundle does not find. */
  readonly withoutBindings?: readonly string[];
}

export interface RigCheckpoint {
  readonly checkpointId: number;
  /** Operator name → files in subtask order. */
  readonly files: Readonly<Record<string, readonly StateFile[]>>;
}

type Message<Type extends TaskManagerToServer['type']> = Extract<
  TaskManagerToServer,
  { readonly type: Type }
>;

const METRIC_DOUBLES = 4096;
const TURNS_MAX = 100_000;

export class SlotRig {
  readonly time = new VirtualTime();
  readonly messages: TaskManagerToServer[] = [];
  readonly metrics: readonly SharedArrayBuffer[];
  readonly storage: MemoryStorage;
  /** Resolves when all tasks of all slots have ended. */
  readonly ended: Promise<unknown>;
  readonly #graph: JobGraph;
  readonly #slots: readonly SlotRuntime[];

  constructor(job: RigJob) {
    const graph = graphOf(job);
    const tasks = tasksOf(graph, job);
    const deployment: Deployment = {
      jobId: 'rig',
      attempt: job.restore === undefined ? 0 : 1,
      graph,
      artifactUrl: '',
      slots: job.slots,
      tasks,
      restoredCheckpointId: job.restore?.checkpointId ?? null,
      inputEnded: false,
    };
    this.#graph = graph;
    this.storage = job.storage ?? new MemoryStorage();
    this.metrics = Array.from(
      { length: job.slots },
      () => new SharedArrayBuffer(METRIC_DOUBLES * 8),
    );
    const exchange = planExchange(graph, tasks, job.slots);
    const bindings = bindingsOf(job, graph);
    const random = new SeededRandom(1);
    this.#slots = this.metrics.map((values, slot) => {
      const clock = new SteppingClock(this.time);
      return new SlotRuntime({
        slot,
        deployment,
        bindings,
        exchange,
        metrics: { values },
        ports: {
          clock,
          timers: this.time,
          random,
          atomics: ATOMICS,
          storage: (root) => rootedAt(this.storage, root),
          yieldTurn: settle,
          send: (message) => this.messages.push(structuredClone(message)),
        },
      });
    });
    this.ended = Promise.all(this.#slots.map((slot) => slot.run()));
  }

  all<Type extends TaskManagerToServer['type']>(type: Type): Array<Message<Type>> {
    return this.messages.filter((message): message is Message<Type> => message.type === type);
  }

  /** States that a task went through, in order. */
  states(vertex: string, subtask = 0): ExecutionState[] {
    const vertexId = idOf(vertex);
    return this.all('taskState')
      .filter((message) => message.vertexId === vertexId && message.subtask === subtask)
      .map(({ state }) => state);
  }

  /** Lets everything run until the condition holds. */
  async until(condition: () => boolean): Promise<void> {
    for (let turn = 0; turn < TURNS_MAX; turn++) {
      if (condition()) return;
      await settle();
    }
    const heard = this.messages.filter(({ type }) => type !== 'metricsLayout');
    throw new WeirError('TIMEOUT', `the rig never got there: ${JSON.stringify(heard)}`);
  }

  send(message: ServerToTaskManager): void {
    for (const slot of this.#slots) slot.handle(message);
  }

  trigger(checkpointId: number, checkpointType: CheckpointType = 'checkpoint'): void {
    const triggeredAtMs = this.time.nowMs();
    const folder = `/checkpoints/${checkpointId}`;
    this.send({ type: 'triggerCheckpoint', checkpointId, triggeredAtMs, checkpointType, folder });
  }

  /** Triggers, awaits all acknowledgements, and says that it is complete. */
  async checkpoint(
    checkpointId: number,
    checkpointType: CheckpointType = 'checkpoint',
  ): Promise<RigCheckpoint> {
    this.trigger(checkpointId, checkpointType);
    return this.completed(checkpointId);
  }

  /** The second half of `checkpoint`, for one that was triggered. */
  async completed(checkpointId: number): Promise<RigCheckpoint> {
    const tasks = this.#graph.vertices.reduce((sum, { parallelism }) => sum + parallelism, 0);
    await this.until(() => this.#acknowledged(checkpointId).length === tasks);
    this.send({ type: 'notifyCheckpointComplete', checkpointId });
    return { checkpointId, files: this.#files(checkpointId) };
  }

  /** Awaits that all tasks are drained, then the final checkpoint and the end. */
  async finish(checkpointId: number): Promise<void> {
    const tasks = this.#graph.vertices.reduce((sum, { parallelism }) => sum + parallelism, 0);
    await this.until(() => this.all('drained').length === tasks);
    await this.checkpoint(checkpointId, 'final');
    await this.ended;
  }

  #acknowledged(checkpointId: number): Array<Message<'acknowledge'>> {
    return this.all('acknowledge').filter(({ snapshot }) => snapshot.checkpointId === checkpointId);
  }

  #files(checkpointId: number): Record<string, StateFile[]> {
    const files: Record<string, StateFile[]> = {};
    const acknowledged = this.#acknowledged(checkpointId).sort((a, b) => a.subtask - b.subtask);
    for (const { vertexId, subtask, snapshot } of acknowledged) {
      const vertex = this.#graph.vertices.find(({ id }) => id === vertexId)!;
      for (const { id, name } of vertex.operators) {
        const file = fileOf(snapshot, id, subtask, vertex);
        if (file === null) continue;
        files[name] ??= [];
        files[name].push(file);
      }
    }
    return files;
  }
}

/** Time passes a little with every look at it, so that budgets of turns come to an end. */
class SteppingClock implements ClockPort {
  readonly #time: VirtualTime;
  #steps = 0;

  constructor(time: VirtualTime) {
    this.#time = time;
  }

  nowMs(): number {
    return this.#time.nowMs();
  }

  monotonicMs(): number {
    this.#steps++;
    return this.#time.monotonicMs() + this.#steps / 100;
  }
}

const ATOMICS = {
  load: (cells: Int32Array, index: number) => Atomics.load(cells, index),
  store: (cells: Int32Array, index: number, value: number) => {
    Atomics.store(cells, index, value);
  },
  add: (cells: Int32Array, index: number, value: number) => Atomics.add(cells, index, value),
  notify: (cells: Int32Array, index: number) => {
    Atomics.notify(cells, index);
  },
  waitAsync: (cells: Int32Array, index: number, expected: number) => {
    const wait = Atomics.waitAsync(cells as Int32Array<SharedArrayBuffer>, index, expected);
    return wait.async ? wait.value : null;
  },
};

/** The part of a storage below a folder. */
function rootedAt(storage: MemoryStorage, root: string): StoragePort {
  const at = (path: string): string => `${root}/${path}`;
  return {
    uri: `${storage.uri}${root}`,
    createWriter: (path) => storage.createWriter(at(path)),
    read: (path, offset, length) => storage.read(at(path), offset, length),
    publishIfAbsent: (path, bytes) => storage.publishIfAbsent(at(path), bytes),
    replace: (path, bytes) => storage.replace(at(path), bytes),
    exists: (path) => storage.exists(at(path)),
    list: (folder) => storage.list(at(folder)),
    delete: (path) => storage.delete(at(path)),
  };
}

function fileOf(
  { file, operatorIds }: SubtaskSnapshot,
  operatorId: string,
  subtask: number,
  { parallelism, maxParallelism }: JobVertex,
): StateFile | null {
  if (file === null || !operatorIds.includes(operatorId)) return null;
  return { ...file, subtask, parallelism, maxParallelism };
}

function graphOf(job: RigJob): JobGraph {
  const vertices = job.vertices.map(
    (vertex): JobVertex => ({
      id: idOf(vertex.name) as VertexId,
      name: vertex.name,
      operators: vertex.operators.map((operator, index) => ({
        id: idOf(operator.name) as OperatorId,
        uid: operator.name,
        name: operator.name,
        role: 'operator',
        operatorType: operator.operatorType ?? 'Map',
        callSite: null,
        keyed: operator.factory.keyType !== undefined,
        origin: operator.origin ?? null,
        chainedOutputs: operator.chainedOutputs ?? nextInLine(index, vertex.operators.length),
      })),
      parallelism: vertex.parallelism,
      maxParallelism: 128,
      slotSharingGroup: 'default',
    }),
  );
  const edges = job.edges.map((edge, index): JobEdge => {
    const source = job.vertices.find(({ name }) => name === edge.from)!;
    return {
      index,
      source: idOf(edge.from) as VertexId,
      sourceOperator: edge.sourceOperator ?? source.operators.length - 1,
      target: idOf(edge.to) as VertexId,
      targetInput: 0,
      strategy: edge.strategy,
      outputTag: edge.outputTag ?? null,
    };
  });
  const configuration = job.configuration ?? {};
  return { name: 'rig', vertices, edges, configuration, args: [], submittedAtMs: 0 };
}

function nextInLine(index: number, count: number): OperatorNode['chainedOutputs'] {
  return index + 1 < count ? [{ target: index + 1, outputTag: null }] : [];
}

function tasksOf(graph: JobGraph, job: RigJob): TaskDeployment[] {
  return graph.vertices.flatMap(({ id, operators, parallelism }) =>
    Array.from({ length: parallelism }, (_, subtask): TaskDeployment => {
      const restore: Record<string, readonly StateFile[]> = {};
      for (const operator of operators) {
        const files = job.restore?.files[operator.name];
        if (files !== undefined) restore[operator.id] = files;
      }
      return { vertexId: id, subtask, slot: subtask % job.slots, restore };
    }),
  );
}

function bindingsOf(job: RigJob, graph: JobGraph): JobBindings {
  const operators = new Map<OperatorId, unknown>();
  for (const { name, factory } of job.vertices.flatMap((vertex) => vertex.operators)) {
    if (job.withoutBindings?.includes(name)) continue;
    operators.set(idOf(name) as OperatorId, factory);
  }
  const keySelectors = new Map<number, unknown>();
  graph.edges.forEach(({ index }) => {
    const selector = job.edges[index]!.keySelector;
    if (selector !== undefined) keySelectors.set(index, selector);
  });
  return { operators, keySelectors };
}

/** A readable id: the name's letters, filled up to 32 hex digits. */
export function idOf(name: string): string {
  const hex = [...name].map((letter) => letter.charCodeAt(0).toString(16).padStart(2, '0'));
  return hex.join('').slice(0, 32).padEnd(32, '0');
}
