/**
 * Builds the tasks of a slot from the job graph and the functions that evaluating the bundle
 * gave: operators, keyed state, chains, gates and writers.
 *
 * Called once per task by the slot, before anything runs.
 */
import {
  BUFFER_TIMEOUT,
  type Configuration,
  keyGroupRangeOf,
  LATENCY_HISTORY_SIZE,
  LATENCY_INTERVAL,
  type TaskInfo,
  VERIFY,
  WeirError,
} from '@weir/core';
import type { JobBindings, JobEdge, JobVertex, OperatorNode } from '@weir/graph';
import type { InputGate, OutputWriter } from '../channels/contracts.ts';
import type { WriterSetup } from '../channels/slot-exchange.ts';
import type { OperatorContext, OperatorFactory } from '../operators/stream-operator.ts';
import { createHashMapKeyedStateBackend } from '../state/hashmap/hashmap-keyed-state-backend.ts';
import type { KeyedStateBackend } from '../state/keyed-state-backend.ts';
import type { Deployment, TaskDeployment } from '../taskmanager/protocol.ts';
import { ChainNode } from './chain-node.ts';
import { FunctionContext } from './function-context.ts';
import { LatencyStatistics } from './latency-statistics.ts';
import { compileEntry } from './entry-script.ts';
import { OperatorChain } from './operator-chain.ts';
import { operatorNumber, type OperatorPosition } from './operator-position.ts';
import { WriterPort } from './output-port.ts';
import type { SlotPorts } from './slot-contract.ts';
import { SlotMetricGroup, type SlotMetrics } from './slot-metrics.ts';
import { StreamTask } from './stream-task.ts';

/** What tasks need of the exchange. */
export interface TaskExchange {
  createGate(vertexId: string, subtask: number): InputGate;
  createWriter(setup: WriterSetup): OutputWriter;
}

export interface TaskBuilderSetup {
  readonly deployment: Deployment;
  readonly bindings: JobBindings;
  readonly exchange: TaskExchange;
  readonly ports: SlotPorts;
  readonly configuration: Configuration;
  readonly metrics: SlotMetrics;
  readonly position: OperatorPosition;
  wakeUp(): void;
}

export interface BuiltTask {
  readonly task: StreamTask;
  readonly vertex: JobVertex;
  /** By position in the chain. */
  readonly contexts: readonly OperatorContext[];
  readonly position: OperatorPosition;
  /** Outgoing edges, for the edges' metrics. */
  readonly edges: readonly number[];
  /** A source has nothing more to emit but the end of event time. */
  readonly inputEnded: boolean;
}

export class TaskBuilder {
  readonly #setup: TaskBuilderSetup;

  constructor(setup: TaskBuilderSetup) {
    this.#setup = setup;
  }

  /** @throws WeirError JOB_DEFINITION_NOT_DETERMINISTIC naming the operator */
  build(deployment: TaskDeployment): BuiltTask {
    const { graph, inputEnded } = this.#setup.deployment;
    const { vertexId, subtask } = deployment;
    const vertex = graph.vertices.find(({ id }) => id === vertexId);
    if (vertex === undefined) {
      throw new WeirError('TASK_FAILED', `the job graph has no vertex ${vertexId}`);
    }
    const nodes = vertex.operators.map((node) => this.#createNode(vertex, node, subtask));
    const taskIndex = this.#setup.deployment.tasks.findIndex(
      (task) => task.vertexId === vertexId && task.subtask === subtask,
    );
    nodes.forEach((node, place) => {
      node.number = operatorNumber(taskIndex, place);
      node.entry = compileEntry({ vertexId, operatorId: node.node.id, subtask });
    });
    const edges = graph.edges.filter((edge) => edge.source === vertexId);
    nodes.forEach((node, index) => {
      this.#connect(vertex, subtask, nodes, node, index, edges);
    });
    const { clock, storage, yieldTurn, send } = this.#setup.ports;
    const { position } = this.#setup;
    const hasInput = graph.edges.some((edge) => edge.target === vertexId);
    const task = new StreamTask({
      location: { vertexId, subtask },
      chain: new OperatorChain(nodes, clock, subtask, position),
      gate: hasInput ? this.#setup.exchange.createGate(vertexId, subtask) : null,
      clock,
      bufferTimeoutMs: this.#setup.configuration.get(BUFFER_TIMEOUT),
      latencyIntervalMs: this.#setup.configuration.get(LATENCY_INTERVAL),
      position,
      storage,
      yieldTurn,
      send,
      wakeUp: this.#setup.wakeUp,
    });
    const contexts = nodes.map((node) => this.#createContext(vertex, node, task));
    const outgoing = edges.map(({ index }) => index);
    return { task, vertex, contexts, position, edges: outgoing, inputEnded };
  }

  #createNode(vertex: JobVertex, node: OperatorNode, subtask: number): ChainNode {
    const factory = this.#setup.bindings.operators.get(node.id) as OperatorFactory | undefined;
    if (typeof factory?.create !== 'function') {
      throw new WeirError(
        'JOB_DEFINITION_NOT_DETERMINISTIC',
        `operator "${node.name}" (${node.id}) is not there when the job is evaluated again; ` +
          'build the same operators every time, independent of time, randomness and files',
        { context: { operator: node.name, operatorId: node.id } },
      );
    }
    const keyed =
      factory.keyType === undefined ? null : this.#createKeyedState(vertex, factory, subtask);
    const verify = this.#setup.configuration.get(VERIFY);
    return new ChainNode(node, factory.create(), keyed, verify);
  }

  #createKeyedState(
    { parallelism, maxParallelism }: JobVertex,
    { keyType }: OperatorFactory,
    subtask: number,
  ): KeyedStateBackend {
    return createHashMapKeyedStateBackend({
      keyGroupRange: keyGroupRangeOf(subtask, parallelism, maxParallelism),
      maxParallelism,
      clock: this.#setup.ports.clock,
      keyType: keyType ?? null,
    });
  }

  #connect(
    vertex: JobVertex,
    subtask: number,
    nodes: readonly ChainNode[],
    node: ChainNode,
    index: number,
    edges: readonly JobEdge[],
  ): void {
    const own = edges.filter((edge) => edge.sourceOperator === index);
    const tags = new Set<string | null>([null]);
    for (const { outputTag } of own) tags.add(outputTag);
    for (const { outputTag } of node.node.chainedOutputs) tags.add(outputTag);
    for (const tag of tags) {
      const chained = node.node.chainedOutputs.filter(({ outputTag }) => outputTag === tag);
      const outgoing = own.filter(({ outputTag }) => outputTag === tag);
      const children = chained.map(({ target }) => nodes[target]!);
      const writers = outgoing.length === 0 ? [] : [this.#writer(vertex, subtask, outgoing)];
      node.connect(tag, children, writers);
    }
  }

  #writer(vertex: JobVertex, subtask: number, edges: readonly JobEdge[]): WriterPort {
    const { keySelectors } = this.#setup.bindings;
    const setup = { vertexId: vertex.id, subtask, edges, keySelectors };
    return new WriterPort(this.#setup.exchange.createWriter(setup));
  }

  #createContext(vertex: JobVertex, chainNode: ChainNode, task: StreamTask): OperatorContext {
    const { deployment, configuration, metrics, ports } = this.#setup;
    const { node, keyedState } = chainNode;
    const { subtask } = task.location;
    const taskInfo: TaskInfo = {
      jobName: deployment.graph.name,
      taskName: vertex.name,
      operatorName: node.name,
      subtaskIndex: subtask,
      parallelism: vertex.parallelism,
      maxParallelism: vertex.maxParallelism,
      attempt: deployment.attempt,
    };
    const owner = {
      vertexId: vertex.id,
      subtask,
      operatorId: node.id,
      operatorName: node.name,
    };
    const metricGroup = new SlotMetricGroup(metrics, owner);
    const historySize = configuration.get(LATENCY_HISTORY_SIZE);
    chainNode.latency = new LatencyStatistics(owner, metrics, historySize);
    const { wakeUp } = this.#setup;
    return {
      jobId: deployment.jobId,
      vertexId: vertex.id,
      operatorId: node.id,
      taskInfo,
      metricGroup,
      configuration,
      clock: ports.clock,
      timers: ports.timers,
      runtimeContext: new FunctionContext(taskInfo, metricGroup, configuration, keyedState),
      keyedState,
      restoredCheckpointId: deployment.restoredCheckpointId,
      wakeUp: () => {
        if (chainNode.operator.poll !== undefined) chainNode.pollDue = true;
        wakeUp();
      },
      fail: (error) => task.fail(error),
    };
  }
}
