/** TaskManagers, slots and running jobs, counted over all jobs. One TaskManager serves one job. */
import { requiredSlots } from '@weir/graph';
import { type JobView, TERMINAL_STATUS } from '@weir/runtime';
import type { HandlerContext } from './handler-context.ts';

export interface TaskManagerOfJob {
  readonly id: string;
  readonly view: JobView;
  readonly slots: number;
}

export function runningJobs(context: HandlerContext): JobView[] {
  const views = context.service.jobs().map((entry) => entry.control.view());
  return views.filter((view) => !TERMINAL_STATUS.has(view.status));
}

export function taskManagers(context: HandlerContext): TaskManagerOfJob[] {
  return runningJobs(context).flatMap((view) => {
    const { taskManager } = view;
    return taskManager === null
      ? []
      : [{ id: taskManager.id, view, slots: requiredSlots(view.graph) }];
  });
}

export function clusterSlots(context: HandlerContext): { total: number; available: number } {
  const used = taskManagers(context).reduce((sum, one) => sum + one.slots, 0);
  const total = Math.max(used, context.service.slotsTotal() ?? used);
  return { total, available: total - used };
}
