import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { historyStorage, jobSubtasks } from '@weir/console-protocol';
import { HISTORY_QUOTA } from '@weir/core';
import { pastCheckpoints, pastExceptions } from '@weir/flink-rest';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HistoryStore } from '../../monitor/history-store.ts';
import { localMonitor } from '../../monitor/monitor-port.ts';
import type { HttpServer } from '../http-options.ts';
import { startHttp } from '../http-server.ts';
import type { JobService, ServerInfo } from '../job-service.ts';
import {
  JOB,
  SINK,
  SOURCE,
  START_MS,
  SyntheticJob,
  SyntheticService,
} from '../testing/synthetic-service.ts';

let folder: string;
let server: HttpServer;
let job: SyntheticJob;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'weir-history-routes-'));
  const service = new SyntheticService();
  const info = { ...service.server(), dataDirectory: folder };
  service.server = () => info;
  const nowMs = () => START_MS + 60_000;
  const store = new HistoryStore(join(folder, 'history.sqlite'), HISTORY_QUOTA.defaultValue);
  server = await startHttp({
    ...{ dispatcher: service, port: 0, prometheusPort: null, nowMs },
    ...{ consoleDirectory: '/nonexistent', monitor: localMonitor({ nowMs, store }) },
  });
  job = new SyntheticJob();
  service.add(job);
  job.sendFrames([1, 2, 3]);
});
afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

async function asked(path: string, options: RequestInit = {}) {
  const response = await fetch(server.url + path, options);
  return { status: response.status, body: (await response.json()) as unknown };
}

function put(quotaBytes: unknown, headers: Record<string, string> = { 'x-weir-client': 'test' }) {
  return asked('/weir/v1/history', {
    method: 'PUT',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ quotaBytes }),
  });
}

describe('the history', () => {
  it('says what it takes, and takes another quota, which stays', async () => {
    const before = historyStorage.parse((await asked('/weir/v1/history')).body);
    expect(before).toMatchObject({ durable: true, quotaBytes: 2 * 1024 ** 3 });
    expect(before.diskFreeBytes).toBeGreaterThan(0);
    expect(before.byResolution.map(({ kind, step }) => `${kind} ${step}`)).toEqual([
      ...['subtasks 1000', 'ticks 1000', 'subtasks 10000', 'ticks 10000'],
      ...['subtasks 60000', 'ticks 60000', 'events 0'],
    ]);
    const { status, body } = await put(32 * 1024 ** 2);
    expect(status).toBe(200);
    expect(historyStorage.parse(body).quotaBytes).toBe(32 * 1024 ** 2);
    const file = join(folder, 'history.json');
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ quotaBytes: 32 * 1024 ** 2 });
  });

  it('refuses a quota that is none, and one from another origin', async () => {
    expect(await put('much')).toMatchObject({ status: 400 });
    expect(JSON.stringify((await put(1)).body)).toContain('16777216');
    expect(await put(32 * 1024 ** 2, {})).toMatchObject({ status: 403 });
    expect(existsSync(join(folder, 'history.json'))).toBe(false);
  });

  it('begins with the quota that the server is started with, if that is enough', async () => {
    const service = new SyntheticService();
    const start = (quota: string) => {
      const configuration = { [HISTORY_QUOTA.key]: quota };
      const info: ServerInfo = { ...service.server(), dataDirectory: folder, configuration };
      const dispatcher = Object.assign(service as JobService, { server: () => info });
      return startHttp({ dispatcher, port: 0, prometheusPort: null });
    };
    await expect(start('1mb')).rejects.toThrow('history.quota: at least 16mb');
    const other = await start('20mb');
    const response = await fetch(`${other.url}/weir/v1/history`);
    expect(historyStorage.parse(await response.json()).quotaBytes).toBe(20 * 1024 ** 2);
    await other.close();
  });

  it('has the subtasks of a vertex, and says which vertices there are if not', async () => {
    const { body } = await asked(`/weir/v1/jobs/${JOB}/subtasks?vertex=${SOURCE}&metrics=busy`);
    const found = jobSubtasks.parse(body);
    expect(found).toMatchObject({ vertexId: SOURCE, step: 1000 });
    expect(found.metrics.busy).toHaveLength(found.subtasks);
    const bad = await asked(`/weir/v1/jobs/${JOB}/subtasks?vertex=none`);
    expect(bad.status).toBe(404);
    expect(JSON.stringify(bad.body)).toContain(`GET /jobs/${JOB}`);
    const metric = await asked(`/weir/v1/jobs/${JOB}/subtasks?vertex=${SINK}&metrics=speed`);
    expect(metric.status).toBe(400);
    expect(JSON.stringify(metric.body)).toContain('watermarkLag');
  });

  it('answers for checkpoints and exceptions also where there were none', async () => {
    const checkpoints = await asked(`/weir/v1/jobs/${JOB}/checkpoints`);
    expect(pastCheckpoints.parse(checkpoints.body).truncated).toBe(false);
    const exceptions = await asked(`/weir/v1/jobs/${JOB}/exceptions?from=0&to=1`);
    expect(pastExceptions.parse(exceptions.body)).toEqual({ entries: [], truncated: false });
  });
});
