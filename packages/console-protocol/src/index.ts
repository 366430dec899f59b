export * from './job-stream.ts';
export * from './socket.ts';
