export {
  type AggregateFunction,
  type AsyncFunction,
  type AsyncOptions,
  type Collector,
  Configuration,
  Duration,
  type DurationLike,
  type FilterFunction,
  type FlatMapFunction,
  type KeyedProcessContext,
  type KeySelector,
  ListStateDescriptor,
  type ListState,
  type MapFunction,
  MapStateDescriptor,
  type MapState,
  type OnTimerContext,
  OutputTag,
  type PollStatus,
  type ProcessContext,
  type ReaderOutput,
  type ReduceFunction,
  type RuntimeContext,
  type Sink,
  type Source,
  type SourceContext,
  type SourceReader,
  type SourceSplit,
  type SplitReport,
  stateTtl,
  type TimeWindow,
  type TypeInformation,
  types,
  ValueStateDescriptor,
  type ValueState,
  WatermarkStrategy,
  type WindowContext,
} from '@weir/core';
export { binary, type ColumnExpression, col, num, type SequenceOptions } from '@weir/runtime';
export { AsyncDataStream } from './async-data-stream.ts';
export {
  CheckpointConfig,
  CheckpointingMode,
  ExternalizedCheckpointRetention,
} from './checkpoint-config.ts';
export { ColumnStream } from './column-stream.ts';
export { BlackholeSink } from './connectors/blackhole-sink.ts';
export { CollectionSource, type CollectionSplit } from './connectors/collection-source.ts';
export { PrintSink } from './connectors/print-sink.ts';
export {
  type AsyncMapOptions,
  DataStream,
  KeyedStream,
  SingleOutputStreamOperator,
} from './data-stream.ts';
export { DataStreamSink } from './data-stream-sink.ts';
export { RestartStrategies, type RestartStrategy } from './restart-strategies.ts';
export {
  AbstractRichFunction,
  KeyedProcessFunction,
  ProcessFunction,
  ProcessWindowFunction,
  RichAsyncFunction,
  RichFilterFunction,
  RichFlatMapFunction,
  RichMapFunction,
} from './rich-functions.ts';
export { StreamExecutionEnvironment } from './stream-execution-environment.ts';
export {
  TumblingEventTimeWindows,
  TumblingProcessingTimeWindows,
  type WindowAssigner,
} from './window-assigners.ts';
export { WindowedStream } from './windowed-stream.ts';
