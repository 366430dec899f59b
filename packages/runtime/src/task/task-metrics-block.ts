/**
 * One task's block in the slot's metrics: cheap figures are stored after each step, those that
 * have to be asked for (gauges, state sizes, edges) about once a second.
 */
import type { ChainNode } from './chain-node.ts';
import type { SlotMetrics } from './slot-metrics.ts';
import type { StreamTask } from './stream-task.ts';
import {
  EDGE_METRICS,
  OPERATOR_METRICS,
  type OperatorMetricName,
  TASK_METRICS,
  type TaskMetricName,
} from './task-metrics.ts';

const TASK_GAUGES: ReadonlySet<TaskMetricName> = new Set<TaskMetricName>([
  'currentInputWatermark',
  'currentOutputWatermark',
  'inputQueueBytes',
  'checkpointAlignmentTime',
  'checkpointStartDelayNanos',
  'alignmentLateEdge',
  'initializationTime',
]);
/** Only of operators that call; NaN where nothing was answered lately. */
const CALL_METRICS: ReadonlySet<OperatorMetricName> = new Set<OperatorMetricName>([
  'asyncLatencyP50Ms',
  'asyncLatencyP99Ms',
]);
/** Only of operators that read from outside; NaN where the outside does not tell. */
const SOURCE_METRICS: ReadonlySet<OperatorMetricName> = new Set<OperatorMetricName>([
  'pendingRecords',
  'pendingMs',
]);
const OPERATOR_COUNTERS: ReadonlySet<OperatorMetricName> = new Set<OperatorMetricName>([
  'numRecordsIn',
  'numRecordsOut',
  'numLateRecordsDropped',
  'runningTimeMs',
  'externalTimeMs',
]);

export class TaskMetricsBlock {
  readonly #task: StreamTask;
  readonly #metrics: SlotMetrics;
  readonly #own: Readonly<Record<TaskMetricName, number>>;
  readonly #operators: ReadonlyArray<Readonly<Record<OperatorMetricName, number>>>;
  readonly #edges = new Map<number, readonly number[]>();
  initializationMs = 0;

  constructor(task: StreamTask, metrics: SlotMetrics, edges: readonly number[]) {
    const { vertexId, subtask } = task.location;
    const owner = { vertexId, subtask, operatorId: null, operatorName: null };
    this.#task = task;
    this.#metrics = metrics;
    this.#own = positions(TASK_METRICS, (name) =>
      metrics.register(owner, name, TASK_GAUGES.has(name) ? 'gauge' : 'counter'),
    );
    this.#operators = task.chain.nodes.map(({ node, source, operator: { callsInFlight } }) => {
      const operator = { vertexId, subtask, operatorId: node.id, operatorName: node.name };
      return positions(OPERATOR_METRICS, (name) => {
        const sometimes = SOURCE_METRICS.has(name) || CALL_METRICS.has(name);
        if (!sometimes) {
          return metrics.register(
            operator,
            name,
            OPERATOR_COUNTERS.has(name) ? 'counter' : 'gauge',
          );
        }
        const has = SOURCE_METRICS.has(name) ? source !== null : callsInFlight !== undefined;
        if (!has) return -1;
        const position = metrics.register(operator, name, 'gauge');
        metrics.set(position, Number.NaN);
        return position;
      });
    });
    for (const edge of edges) {
      const named = EDGE_METRICS.map((name) =>
        metrics.register(owner, `edge.${edge}.${name}`, name === 'fill' ? 'gauge' : 'counter'),
      );
      this.#edges.set(edge, named);
    }
  }

  /** After each step. */
  store(): void {
    const { chain, gate, times, steps, lastAlignment } = this.#task;
    const own = this.#own;
    const metrics = this.#metrics;
    let records = 0;
    let timers = 0;
    for (let i = 0; i < chain.nodes.length; i++) {
      const node = chain.nodes[i]!;
      for (const writer of node.writers) records += writer.records;
      timers += node.operator.numFiredTimers ?? 0;
      this.#storeOperator(node, this.#operators[i]!);
    }
    metrics.set(own.numRecordsIn, chain.head.recordsIn);
    metrics.set(own.numBytesIn, gate?.takenBytes ?? 0);
    metrics.set(own.numRecordsOut, records);
    metrics.set(own.accumulateRunningTimeMs, times.runningMs);
    metrics.set(own.accumulateQueuedTimeMs, times.queuedMs);
    metrics.set(own.accumulateExternalTimeMs, times.externalMs);
    metrics.set(own.accumulateIdleTimeMs, times.idleMs);
    metrics.set(own.accumulateBackPressuredTimeMs, times.backPressuredMs);
    metrics.set(own.currentInputWatermark, chain.head.inputWatermarkMs);
    metrics.set(own.currentOutputWatermark, chain.nodes.at(-1)!.outputWatermarkMs);
    metrics.set(own.checkpointAlignmentTime, lastAlignment.alignmentMs * 1_000_000);
    metrics.set(own.checkpointStartDelayNanos, lastAlignment.startDelayMs * 1_000_000);
    metrics.set(own.numFiredTimers, timers);
    metrics.set(own.initializationTime, this.initializationMs);
    metrics.set(own.turns, steps);
  }

  /** About once a second; asks operators and writers. */
  sample(): void {
    const { chain, gate } = this.#task;
    this.#metrics.set(this.#own.inputQueueBytes, gate?.queuedBytes ?? 0);
    this.#metrics.set(this.#own.alignmentTimeMs, gate?.alignedMs ?? 0);
    this.#metrics.set(this.#own.alignmentLateEdge, gate?.lateEdge ?? -1);
    for (let i = 0; i < chain.nodes.length; i++) {
      const node = chain.nodes[i]!;
      const at = this.#operators[i]!;
      const gauges = node.operator.gauges?.() ?? {};
      for (const [name, value] of Object.entries(gauges)) {
        this.#metrics.set(at[name as OperatorMetricName], value);
      }
      if (node.keyedState === null) continue;
      const { entries, bytes } = node.keyedState.stats();
      this.#metrics.set(at.stateEntries, entries);
      this.#metrics.set(at.stateBytes, bytes);
    }
    this.#sampleEdges();
    this.store();
  }

  #sampleEdges(): void {
    let bytes = 0;
    let segments = 0;
    const { chain, times } = this.#task;
    for (const node of chain.nodes) {
      for (const { writer } of node.writers) {
        for (const stats of writer.stats()) {
          const figures = { ...stats, blockedMs: times.blockedMs(stats.edge) };
          bytes += stats.bytes;
          segments += stats.segments;
          const at = this.#edges.get(stats.edge);
          if (at === undefined) continue;
          EDGE_METRICS.forEach((name, i) => {
            this.#metrics.set(at[i]!, figures[name]);
          });
        }
      }
    }
    this.#metrics.set(this.#own.numBytesOut, bytes);
    this.#metrics.set(this.#own.numBuffersOut, segments);
  }

  #storeOperator(node: ChainNode, at: Readonly<Record<OperatorMetricName, number>>): void {
    const metrics = this.#metrics;
    metrics.set(at.numRecordsIn, node.recordsIn);
    metrics.set(at.numRecordsOut, node.recordsOut);
    metrics.set(at.currentInputWatermark, node.inputWatermarkMs);
    metrics.set(at.currentOutputWatermark, node.outputWatermarkMs);
    metrics.set(at.runningTimeMs, node.runningMs);
    metrics.set(at.externalTimeMs, node.externalMs);
  }
}

function positions<Name extends string>(
  names: readonly Name[],
  register: (name: Name) => number,
): Record<Name, number> {
  const at = {} as Record<Name, number>;
  for (const name of names) at[name] = register(name);
  return at;
}
