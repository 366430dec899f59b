export { FileSink, type FileSinkOptions, type PendingPart } from './file-sink/file-sink.ts';
export { FileSource, type FileSplit } from './file-source/file-source.ts';
export {
  type FilePart,
  type FileReadFormat,
  type RecordBlock,
  type RecordBlockReader,
  lineFiles,
  parquetFiles,
} from './file-source/record-blocks.ts';
export {
  type RecordedBlock,
  type Recording,
  type RecordingReader,
  recordingOf,
} from './replay-source/recording.ts';
export {
  type ReplayOptions,
  ReplaySource,
  type ReplaySplit,
} from './replay-source/replay-source.ts';
