export * from './cluster-probe.ts';
export * from './job-monitor.ts';
export * from './job-timeline.ts';
export * from './monitor.ts';
export * from './tick-block.ts';
export * from './tick-builder.ts';
export * from './tick-merge.ts';
export * from './tick-ring.ts';
export { verdictsOver } from './verdict/job-verdicts.ts';
