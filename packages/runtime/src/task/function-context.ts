import {
  type Configuration,
  type ListState,
  type ListStateDescriptor,
  type MapState,
  type MapStateDescriptor,
  type MetricGroup,
  type RuntimeContext,
  type TaskInfo,
  type ValueState,
  type ValueStateDescriptor,
  WeirError,
} from '@weir/core';
import type { KeyedStateBackend } from '../state/keyed-state-backend.ts';

/** What a user function is given in `open`. */
export class FunctionContext implements RuntimeContext {
  readonly taskInfo: TaskInfo;
  readonly metricGroup: MetricGroup;
  readonly configuration: Configuration;
  readonly #keyed: KeyedStateBackend | null;

  constructor(
    taskInfo: TaskInfo,
    metricGroup: MetricGroup,
    configuration: Configuration,
    keyed: KeyedStateBackend | null,
  ) {
    this.taskInfo = taskInfo;
    this.metricGroup = metricGroup;
    this.configuration = configuration;
    this.#keyed = keyed;
  }

  getState<T>(descriptor: ValueStateDescriptor<T>): ValueState<T> {
    return this.#require(descriptor.name).getState(descriptor);
  }

  getListState<T>(descriptor: ListStateDescriptor<T>): ListState<T> {
    return this.#require(descriptor.name).getListState(descriptor);
  }

  getMapState<K, V>(descriptor: MapStateDescriptor<K, V>): MapState<K, V> {
    return this.#require(descriptor.name).getMapState(descriptor);
  }

  #require(state: string): KeyedStateBackend {
    if (this.#keyed !== null) return this.#keyed;
    throw new WeirError(
      'KEY_CONTEXT_LOST',
      `operator "${this.taskInfo.operatorName}" asks for the keyed state '${state}' but has no ` +
        'key; call keyBy(…) before it',
      { context: { operator: this.taskInfo.operatorName, state } },
    );
  }
}
