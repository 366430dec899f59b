/**
 * `/weir/v1/jobs/<id>/flamegraph` and `/weir/v1/taskmanagers/<id>/stacks`: what threads do, looked
 * at from outside. A GET with a viewer holds that viewer's lease; DELETE gives it back.
 */
import { flameMode } from '@weir/console-protocol';
import { WeirError } from '@weir/core';
import type { Express, Request } from 'express';
import { type FlameQuestion, WINDOW_MS_DEFAULT } from '../../profiles/job-profiles.ts';
import { type HandlerContext, jobEntry, notFound, vertexOf } from '../flink/handler-context.ts';
import { numberOf, sendJson, textOf } from './weir-request.ts';

const FLAME_GRAPH = '/weir/v1/jobs/:jobid/flamegraph';
const WINDOW_MS_MAX = 600_000;
const VIEWER = /^[\w-]{1,64}$/;

export function mountFlameGraphRoutes(app: Express, context: HandlerContext): void {
  const { profiles, service } = context;
  app.get(FLAME_GRAPH, async (request, response) => {
    const { control } = jobEntry(context, textOf(request.params.jobid));
    await profiles.ready(control);
    sendJson(response, 200, profiles.view(control, questionOf(request, context)));
  });
  app.delete(FLAME_GRAPH, (request, response) => {
    const { control } = jobEntry(context, textOf(request.params.jobid));
    const viewer = viewerOf(request);
    if (viewer !== null) profiles.leave(control, viewer);
    sendJson(response, 200, {});
  });
  app.get('/weir/v1/taskmanagers/:id/stacks', async (request, response) => {
    const id = textOf(request.params.id);
    const job = service.jobs().find(({ control }) => control.view().taskManager?.id === id);
    if (job === undefined) {
      throw notFound(`There is no TaskManager ${id}. GET /weir/v1/taskmanagers lists them.`);
    }
    sendJson(response, 200, await profiles.stacks(job.control));
  });
}

function questionOf(request: Request, context: HandlerContext): FlameQuestion {
  const mode = flameMode.safeParse(request.query.mode ?? 'on');
  if (!mode.success) {
    throw invalid(`mode = "${textOf(request.query.mode)}": expected on, off or mixed.`);
  }
  const vertex = textOf(request.query.vertex);
  const subtask = numberOf(request, 'subtask');
  if (vertex === '' && subtask !== null) throw invalid('subtask: needs a vertex.');
  return {
    mode: mode.data,
    vertexId: vertex === '' ? null : vertexIdOf(request, context, vertex, subtask),
    subtask,
    viewer: viewerOf(request),
    windowMs: Math.min(WINDOW_MS_MAX, numberOf(request, 'window') ?? WINDOW_MS_DEFAULT),
    atMs: numberOf(request, 'at'),
  };
}

/** @throws WeirError RESOURCE_NOT_FOUND */
function vertexIdOf(
  request: Request,
  context: HandlerContext,
  id: string,
  subtask: number | null,
): string {
  const { vertex } = vertexOf(context, textOf(request.params.jobid), id);
  if (subtask === null || subtask < vertex.parallelism) return vertex.id;
  throw notFound(`${vertex.name} has ${vertex.parallelism} subtasks, counted from 0.`);
}

function viewerOf(request: Request): string | null {
  const viewer = textOf(request.query.viewer);
  if (viewer === '') return null;
  if (VIEWER.test(viewer)) return viewer;
  throw invalid('viewer: expected up to 64 letters, digits, _ and -.');
}

function invalid(message: string): WeirError {
  return new WeirError('REQUEST_INVALID', message);
}
