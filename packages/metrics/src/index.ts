export * from './aggregation.ts';
export * from './frame-window.ts';
export * from './job-metrics.ts';
export * from './latency-metrics.ts';
export * from './metric-registry.ts';
export * from './prometheus.ts';
export * from './series.ts';
export * from './subtask-metrics.ts';
