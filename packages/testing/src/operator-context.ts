import { type Configuration, type MetricGroup, type TaskInfo, WeirError } from '@weir/core';
import type { KeyedStateBackend, OperatorContext } from '@weir/runtime';
import type { VirtualTime } from './virtual-time.ts';

export interface TestContextParts {
  readonly operatorId: string;
  readonly taskInfo: TaskInfo;
  readonly time: VirtualTime;
  readonly keyedState: KeyedStateBackend | null;
  readonly configuration: Configuration;
  readonly restoredCheckpointId: number | null;
  wakeUp(): void;
  fail(error: unknown): void;
}

/** An operator's surroundings without a task: virtual time, metrics that nobody reads. */
export function createTestContext(parts: TestContextParts): OperatorContext {
  const { taskInfo, time, keyedState, configuration } = parts;
  const metricGroup = createMetricGroup();
  const keyed = (): KeyedStateBackend => {
    if (keyedState !== null) return keyedState;
    throw new WeirError('KEY_CONTEXT_LOST', 'the operator has no key; call keyBy(…) before it');
  };
  return {
    jobId: 'harness',
    vertexId: 'harness',
    operatorId: parts.operatorId,
    taskInfo,
    metricGroup,
    configuration,
    clock: time,
    timers: time,
    runtimeContext: {
      taskInfo,
      metricGroup,
      configuration,
      getState: (descriptor) => keyed().getState(descriptor),
      getListState: (descriptor) => keyed().getListState(descriptor),
      getMapState: (descriptor) => keyed().getMapState(descriptor),
    },
    keyedState,
    restoredCheckpointId: parts.restoredCheckpointId,
    wakeUp: parts.wakeUp,
    fail: parts.fail,
  };
}

function createMetricGroup(): MetricGroup {
  const group: MetricGroup = {
    counter: () => {
      let count = 0;
      return {
        inc: (by = 1) => {
          count += by;
        },
        getCount: () => count,
      };
    },
    gauge: () => undefined,
    addGroup: () => group,
  };
  return group;
}
