/** `/weir/v1/taskmanagers`: the processes of the jobs, now and in the last half hour. */
import type { Express } from 'express';
import { taskManagers } from '../flink/cluster-figures.ts';
import { type HandlerContext, notFound } from '../flink/handler-context.ts';
import { taskManagerListOf } from '../task-manager-list.ts';
import { sendJson, textOf } from './weir-request.ts';

const TASK_MANAGERS = '/weir/v1/taskmanagers';

export function mountTaskManagerRoutes(app: Express, context: HandlerContext): void {
  app.get(TASK_MANAGERS, (_, response) => {
    sendJson(response, 200, taskManagerListOf(context));
  });
  app.get(`${TASK_MANAGERS}/:id/history`, (request, response) => {
    const id = textOf(request.params.id);
    const found = taskManagers(context).find((one) => one.id === id);
    if (found === undefined) {
      throw notFound(`No TaskManager ${id}; it may have ended with its job.`);
    }
    sendJson(response, 200, context.processes.of(found.view.jobId));
  });
}
