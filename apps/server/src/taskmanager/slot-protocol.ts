/** Messages between a TaskManager's main thread and the thread of a slot. */
import type {
  Deployment,
  ExchangePlan,
  ServerToTaskManager,
  SlotMetricsMemory,
  TaskManagerToServer,
} from '@weir/runtime';

/** `workerData` of a slot's thread, which may be started before there is a deployment. */
export interface SlotThreadData {
  readonly slot: number;
  readonly vitals: SharedArrayBuffer;
  readonly beatPeriodMs: number;
}

export type MainToSlot =
  | {
      readonly type: 'start';
      readonly deployment: Deployment;
      readonly exchange: ExchangePlan;
      readonly metrics: SlotMetricsMemory;
    }
  | { readonly type: 'message'; readonly message: ServerToTaskManager };

export type SlotToMain =
  | { readonly type: 'message'; readonly message: TaskManagerToServer }
  /** All tasks of the slot have ended and everything was sent. */
  | { readonly type: 'ended' };
