export * from './channels/contracts.ts';
export {
  type ExchangePlan,
  type PlacedTask,
  planExchange,
  readTurns,
  SEGMENT_BYTES,
  segmentsInUse,
} from './channels/exchange-plan.ts';
export {
  type CheckpointingMode,
  SlotExchange,
  type SlotExchangeSetup,
  type WriterSetup,
} from './channels/slot-exchange.ts';
export * from './checkpoint/checkpoint-file-writer.ts';
export * from './checkpoint/checkpoint-file.ts';
export * from './checkpoint/checkpoint-metadata.ts';
export * from './checkpoint/operator-lists.ts';
export * from './checkpoint/operator-state.ts';
export { CHECKPOINT_HISTORY_MAX } from './jobmaster/checkpoint-history.ts';
export * from './jobmaster/job-master.ts';
export { JOB_TRANSITIONS, RESTING_STATUS } from './jobmaster/job-status.ts';
export * from './jobmaster/job-view.ts';
export * from './jobmaster/ports.ts';
export type { RestartDecision, RestartStrategy } from './jobmaster/restart/restart-strategy.ts';
export { restoreMisfit } from './jobmaster/restore-plan.ts';
export { chooseStrategy } from './jobmaster/restart/choose-strategy.ts';
export {
  absoluteFolder,
  type CheckpointSettings,
  checkpointSettings,
} from './jobmaster/checkpoint-settings.ts';
export * from './operators/async.ts';
export * from './operators/columnar/calc.ts';
export * from './operators/columnar/column-expression.ts';
export * from './operators/columnar/column-keyed.ts';
export * from './operators/columnar/columns-to-objects.ts';
export * from './operators/columnar/keyed-sum.ts';
export * from './operators/columnar/sequence-source.ts';
export * from './operators/filter.ts';
export * from './operators/flat-map.ts';
export * from './operators/keyed-process.ts';
export * from './operators/map.ts';
export * from './operators/output-buffer.ts';
export * from './operators/process.ts';
export * from './operators/reduce.ts';
export * from './operators/sink.ts';
export * from './operators/source.ts';
export * from './operators/stream-operator.ts';
export * from './operators/timestamps-and-watermarks.ts';
export * from './operators/window-options.ts';
export { windowFactory } from './operators/window.ts';
export * from './state/hashmap/hashmap-keyed-state-backend.ts';
export * from './state/keyed-state-backend.ts';
export * from './task/slot-contract.ts';
export { operatorAt, type PositionedOperator } from './task/operator-position.ts';
export { SlotRuntime } from './task/slot-runtime.ts';
export * from './task/task-metrics.ts';
export { operatorError, operatorText } from './task/user-error.ts';
export { GENERATED_LINE, type ScriptOwner, scriptOwner } from './task/entry-script.ts';
export * from './taskmanager/inspection.ts';
export * from './taskmanager/protocol.ts';
export * from './taskmanager/task-location.ts';
