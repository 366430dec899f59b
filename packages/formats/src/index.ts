export * from './csv.ts';
export * from './csv-record.ts';
export * from './json-lines.ts';
export type { LineDecoder, LineEncoder, LineFormat } from './line-format.ts';
export * from './parquet-file.ts';
export { type RecordConsumer, RecordFramer } from './record-framer.ts';
