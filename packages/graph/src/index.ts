export * from './execution-host.ts';
export * from './job-graph.ts';
export * from './transformation.ts';
