/** `GET /weir/v1/savepoints`; disposal is Flink's route `/savepoint-disposal`. */
import type { SavepointList } from '@weir/console-protocol';
import type { Express } from 'express';
import { type HandlerContext, jobEntry } from '../flink/handler-context.ts';
import { sendJson, textOf } from './weir-request.ts';

export function mountSavepointRoutes(app: Express, context: HandlerContext): void {
  app.get('/weir/v1/savepoints', async (request, response) => {
    const known = (id: string) => (id === '' ? null : jobEntry(context, id).jobId);
    const fitsFor = known(textOf(request.query.for));
    const only = textOf(request.query.job).toLowerCase();
    const list: SavepointList = await context.service.savepoints(fitsFor);
    const savepoints = list.savepoints.filter(({ jobId }) => only === '' || jobId === only);
    sendJson(response, 200, { ...list, savepoints });
  });
}
