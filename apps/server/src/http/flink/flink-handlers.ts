/** All of Flink's routes that Weir serves. A route without handler does not compile. */
import type { FlinkHandlers } from '@weir/flink-rest';
import { checkpointHandlers } from './checkpoint-handlers.ts';
import { clusterHandlers } from './cluster-handlers.ts';
import type { HandlerContext } from './handler-context.ts';
import { jobHandlers } from './job-handlers.ts';
import { metricHandlers } from './metric-handlers.ts';
import { taskManagerHandlers } from './task-manager-handlers.ts';
import { triggerHandlers } from './trigger-handlers.ts';
import { vertexHandlers } from './vertex-handlers.ts';

export function flinkHandlers(context: HandlerContext): FlinkHandlers {
  return {
    ...checkpointHandlers(context),
    ...clusterHandlers(context),
    ...jobHandlers(context),
    ...metricHandlers(context),
    ...taskManagerHandlers(context),
    ...triggerHandlers(context),
    ...vertexHandlers(context),
  };
}
