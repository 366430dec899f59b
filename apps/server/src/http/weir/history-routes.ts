/**
 * The history: what it takes, and its quota; a job's subtasks, checkpoints and exceptions of any
 * time, live and past.
 */
import { statfs } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type Actor,
  HISTORY_QUOTA_BYTES_MIN,
  type HistoryStorage,
  historySettings,
  type SubtaskMetric,
  subtaskMetric,
} from '@weir/console-protocol';
import { WeirError } from '@weir/core';
import type { PastCheckpoints, PastExceptions } from '@weir/flink-rest';
import { type JobView, TERMINAL_STATUS } from '@weir/runtime';
import type { Express, Request } from 'express';
import { writeHistorySettings } from '../../monitor/history-settings.ts';
import type { HistorySize, MonitorPort } from '../../monitor/monitor-port.ts';
import { pastCheckpoint } from '../flink/checkpoint-handlers.ts';
import { type HandlerContext, jobEntry, jobView } from '../flink/handler-context.ts';
import { exceptionEntry } from '../flink/job-handlers.ts';
import type { PastRange } from '../job-records.ts';
import { actorOfRequest } from '../user-actions.ts';
import { numberOf, sendJson, textOf } from './weir-request.ts';

const JOB = '/weir/v1/jobs/:jobid';
const SUBTASK_RANGE_DEFAULT_MS = 300_000;
const COLUMNS_DEFAULT = 600;
const RANGE_DEFAULT_MS = 86_400_000;
const CHECKPOINTS_DEFAULT = 100;
const CHECKPOINTS_MAX = 1000;
/** Rows of subtasks in one answer. */
const CHECKPOINT_SUBTASKS_MAX = 20_000;
const EXCEPTIONS_DEFAULT = 100;
const EXCEPTIONS_MAX = 1000;

/** The file of the settings in a data directory. */
export const historySettingsFile = (dataDirectory: string) => join(dataDirectory, 'history.json');

export function mountHistoryRoutes(
  app: Express,
  context: HandlerContext,
  monitor: MonitorPort,
): void {
  const { dataDirectory } = context.service.server();
  app.get('/weir/v1/history', async (_, response) => {
    sendJson(response, 200, await storageOf(await monitor.size(), dataDirectory));
  });
  app.put('/weir/v1/history', async (request, response) => {
    const settings = settingsOf(request);
    writeHistorySettings(historySettingsFile(dataDirectory), settings);
    const size = await monitor.setQuota(settings.quotaBytes);
    context.log('info', `the history may take ${settings.quotaBytes} bytes`);
    noteQuota(context, settings.quotaBytes, actorOfRequest(request));
    sendJson(response, 200, await storageOf(size, dataDirectory));
  });
  app.get(`${JOB}/subtasks`, async (request, response) => {
    const { jobId } = jobEntry(context, textOf(request.params.jobid));
    const { from, to } = rangeOf(request, context, SUBTASK_RANGE_DEFAULT_MS);
    const vertexId = textOf(request.query.vertex).toLowerCase();
    const columns = numberOf(request, 'columns') ?? COLUMNS_DEFAULT;
    const metrics = metricsOf(request);
    const found = await monitor.subtasks(jobId, { vertexId, from, to, metrics, columns });
    if (found === null) {
      const what = `vertex = "${vertexId}" is not part of job ${jobId}`;
      throw new WeirError('RESOURCE_NOT_FOUND', `${what}; GET /jobs/${jobId} lists its vertices.`);
    }
    sendJson(response, 200, found);
  });
  app.get(`${JOB}/checkpoints`, async (request, response) => {
    const view = jobView(context, textOf(request.params.jobid));
    const range = rangeOf(request, context, RANGE_DEFAULT_MS);
    const limit = limitOf(request, CHECKPOINTS_DEFAULT, CHECKPOINTS_MAX);
    sendJson(response, 200, await checkpointsOf(context, view, { ...range, limit }));
  });
  app.get(`${JOB}/exceptions`, async (request, response) => {
    const view = jobView(context, textOf(request.params.jobid));
    const range = rangeOf(request, context, RANGE_DEFAULT_MS);
    const limit = limitOf(request, EXCEPTIONS_DEFAULT, EXCEPTIONS_MAX);
    const past = { ...range, limit: limit + 1 };
    const exceptions = await context.records.exceptions(view.jobId, past);
    const answer: PastExceptions = {
      entries: exceptions.slice(0, limit).map((one) => exceptionEntry(view, one)),
      truncated: exceptions.length > limit,
    };
    sendJson(response, 200, answer);
  });
}

/** It is the history of every job that runs. */
function noteQuota({ service, actions }: HandlerContext, quotaBytes: number, actor: Actor): void {
  const text = `The history may take ${Math.round(quotaBytes / 1_048_576)} MiB`;
  for (const { jobId, control } of service.jobs()) {
    if (TERMINAL_STATUS.has(control.view().status)) continue;
    actions.note(jobId, 'history quota', actor, text, {});
  }
}

async function storageOf(size: HistorySize | null, folder: string): Promise<HistoryStorage> {
  if (size === null) {
    throw new WeirError('RESOURCE_NOT_FOUND', 'The monitor has stopped; see the server log.');
  }
  const disk = await statfs(folder).catch(() => null);
  return { ...size, diskFreeBytes: disk === null ? null : disk.bavail * disk.bsize };
}

function settingsOf(request: Request) {
  const result = historySettings.safeParse(request.body);
  if (result.success) return result.data;
  throw new WeirError(
    'REQUEST_INVALID',
    `Expected {"quotaBytes": N}, N a whole number from ${HISTORY_QUOTA_BYTES_MIN} on.`,
  );
}

async function checkpointsOf(
  context: HandlerContext,
  view: JobView,
  { from, to, limit }: PastRange,
): Promise<PastCheckpoints> {
  const { records } = context;
  const found = await records.checkpoints(view.jobId, { from, to, limit: limit + 1 });
  const restored = await records.restored(view.jobId, { from, to, limit });
  let subtasks = 0;
  return {
    checkpoints: found.slice(0, limit).map((checkpoint) => {
      subtasks += checkpoint.tasks.reduce((sum, task) => sum + task.subtasks.length, 0);
      return pastCheckpoint(view, checkpoint, subtasks <= CHECKPOINT_SUBTASKS_MAX);
    }),
    restored: restored.map(({ id, atMs, isSavepoint, path }) => ({
      id,
      restore_timestamp: atMs,
      is_savepoint: isSavepoint,
      external_path: path,
    })),
    truncated: found.length > limit,
  };
}

function rangeOf(request: Request, { nowMs }: HandlerContext, lengthMs: number) {
  const to = numberOf(request, 'to') ?? nowMs() + 1;
  const from = numberOf(request, 'from') ?? Math.max(0, to - lengthMs);
  return { from, to };
}

function limitOf(request: Request, usual: number, most: number): number {
  return Math.min(most, Math.max(1, numberOf(request, 'limit') ?? usual));
}

function metricsOf(request: Request): SubtaskMetric[] | null {
  const text = textOf(request.query.metrics);
  if (text === '') return null;
  return text.split(',').map((name) => {
    const metric = subtaskMetric.safeParse(name);
    if (metric.success) return metric.data;
    const known = subtaskMetric.options.join(', ');
    throw new WeirError('REQUEST_INVALID', `metrics: "${name}" is none of ${known}.`);
  });
}
