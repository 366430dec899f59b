/** `/weir/v1/jobs/:id/timeline` and `/source`: what happened, and where in the program. */
import type { SourceLines } from '@weir/console-protocol';
import { WeirError } from '@weir/core';
import { timelineOf } from '@weir/monitor';
import type { Express } from 'express';
import type { MonitorPort } from '../../monitor/monitor-port.ts';
import { type HandlerContext, jobEntry } from '../flink/handler-context.ts';
import type { ProgramSources } from '../program-diff.ts';
import { numberOf, sendJson, textOf } from './weir-request.ts';

const JOB = '/weir/v1/jobs/:jobid';
const RANGE_DEFAULT_MS = 1_800_000;
const COLUMNS_MAX = 400;
const LINES_AROUND = 3;

export function mountTimelineRoutes(
  app: Express,
  context: HandlerContext,
  monitor: MonitorPort,
): void {
  const { service, nowMs } = context;
  app.get(`${JOB}/timeline`, async (request, response) => {
    const { jobId } = jobEntry(context, textOf(request.params.jobid));
    const to = numberOf(request, 'to') ?? nowMs();
    const from = numberOf(request, 'from') ?? to - RANGE_DEFAULT_MS;
    const history = await monitor.history(jobId, from, to);
    if (history === null) {
      throw new WeirError('RESOURCE_NOT_FOUND', 'The monitor has no history of this job.');
    }
    sendJson(response, 200, timelineOf(history, COLUMNS_MAX));
  });
  app.get(`${JOB}/source`, async (request, response) => {
    const { jobId } = jobEntry(context, textOf(request.params.jobid));
    const sources = (await service.sources?.(jobId)) ?? null;
    const file = textOf(request.query.file);
    const found = sources === null ? null : linesAround(sources, file, numberOf(request, 'line'));
    if (found === null) {
      throw new WeirError('RESOURCE_NOT_FOUND', `${file} is no file of this job's program.`);
    }
    sendJson(response, 200, found);
  });
}

/** Only what was bundled can be read; without a line all of it. */
function linesAround(
  { files }: ProgramSources,
  file: string,
  line: number | null,
): SourceLines | null {
  const found = files.find(({ path }) => file !== '' && `/${path}`.endsWith(`/${file}`));
  if (found === undefined) return null;
  const lines = found.text.split('\n');
  if (line === null) return { file: found.path, first: 1, lines };
  const first = Math.max(1, line - LINES_AROUND);
  return { file: found.path, first, lines: lines.slice(first - 1, line + LINES_AROUND) };
}
