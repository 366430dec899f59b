export * from './build-job-graph.ts';
export * from './execution-host.ts';
export * from './job-graph.ts';
export { stableId } from './stable-id.ts';
export * from './transformation.ts';
export * from './verify-bindings.ts';
