/** What a function may know and use: its place, its state, its metrics, its configuration. */
import type { Configuration } from './config/configuration.ts';
import type {
  ListState,
  ListStateDescriptor,
  MapState,
  MapStateDescriptor,
  ValueState,
  ValueStateDescriptor,
} from './state.ts';

export interface Counter {
  inc(by?: number): void;
  getCount(): number;
}

export interface Gauge {
  /** Read once a second, on the slot's thread. */
  (): number;
}

/** Where a function registers metrics; they appear under its operator with Flink's scopes. */
export interface MetricGroup {
  counter(name: string): Counter;
  gauge(name: string, read: Gauge): void;
  addGroup(name: string): MetricGroup;
}

export interface TaskInfo {
  readonly jobName: string;
  readonly taskName: string;
  readonly operatorName: string;
  readonly subtaskIndex: number;
  readonly parallelism: number;
  readonly maxParallelism: number;
  readonly attempt: number;
}

export interface RuntimeContext {
  readonly taskInfo: TaskInfo;
  readonly metricGroup: MetricGroup;
  readonly configuration: Configuration;
  /** Keyed state: only on keyed streams. @throws WeirError KEY_CONTEXT_LOST elsewhere. */
  getState<T>(descriptor: ValueStateDescriptor<T>): ValueState<T>;
  getListState<T>(descriptor: ListStateDescriptor<T>): ListState<T>;
  getMapState<K, V>(descriptor: MapStateDescriptor<K, V>): MapState<K, V>;
}
