export * from './flame-graph.ts';
export * from './job-stream.ts';
export * from './socket.ts';
export * from './thread-stacks.ts';
export * from './weir-api.ts';
export * from './verdict.ts';
