/** `GET /weir/v1/jobs/<id>/splits`: what the sources read from, while somebody looks. */
import type { JobSplits } from '@weir/console-protocol';
import type { Express } from 'express';
import { type HandlerContext, jobEntry } from '../flink/handler-context.ts';
import { splitListOf } from './split-list.ts';
import { sourceSubtasks, SplitWatch } from './split-watch.ts';
import { numberOf, sendJson, textOf } from './weir-request.ts';

const LIMIT_DEFAULT = 500;
const LIMIT_MAX = 5000;

export function mountSplitRoutes(app: Express, context: HandlerContext): void {
  const watch = new SplitWatch(context.nowMs);
  app.get('/weir/v1/jobs/:jobid/splits', async (request, response) => {
    const job = jobEntry(context, textOf(request.params.jobid));
    const limit = Math.min(LIMIT_MAX, numberOf(request, 'limit') ?? LIMIT_DEFAULT);
    const { graph, status } = job.control.view();
    const reports = status === 'RUNNING' ? await watch.read(job) : [];
    const vertexIds = graph.vertices.map(({ id }) => id);
    const answer: JobSplits = {
      t: context.nowMs(),
      answered: reports.length,
      expected: sourceSubtasks(job),
      sources: splitListOf(reports, vertexIds, { q: textOf(request.query.q), limit }),
    };
    sendJson(response, 200, answer);
  });
}
