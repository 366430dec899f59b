export { FileSink, type FileSinkOptions } from './file-sink/file-sink.ts';
export type { PendingPart } from './file-sink/pending-part.ts';
export { FileSource } from './file-source/file-source.ts';
export type { FileSplit } from './file-source/file-split.ts';
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
export type { ReplayOptions } from './replay-source/replay-options.ts';
export { ReplaySource } from './replay-source/replay-source.ts';
export type { ReplaySplit } from './replay-source/replay-split.ts';
