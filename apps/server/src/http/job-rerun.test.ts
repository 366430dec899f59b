import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rerunResponse } from '@weir/console-protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { localMonitor } from '../monitor/monitor-port.ts';
import type { HttpServer } from './http-options.ts';
import { startHttp } from './http-server.ts';
import { asker } from './testing/raw-request.ts';
import {
  checkpoint,
  GRAPH,
  JOB,
  runningView,
  SyntheticJob,
  SyntheticService,
} from './testing/synthetic-service.ts';

let service: SyntheticService;
let job: SyntheticJob;
let server: HttpServer;
let folder: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'weir-rerun-'));
  service = new SyntheticService();
  job = new SyntheticJob();
  server = await startHttp({
    dispatcher: service,
    port: 0,
    prometheusPort: null,
    consoleDirectory: '/nonexistent',
    monitor: localMonitor(),
  });
  service.add(job);
});
afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

const ask = asker(() => server.port);
const HEADERS = { 'content-type': 'application/json', 'x-weir-client': 'test' };

function rerun(body: unknown) {
  return ask('POST', `/weir/v1/jobs/${JOB}/rerun`, HEADERS, JSON.stringify(body));
}

function errorOf({ body }: { body: string }): string {
  return (JSON.parse(body) as { errors: string[] }).errors[0]!;
}

function folderOf(name: string): string {
  const path = join(folder, name);
  mkdirSync(path);
  return path;
}

describe('running a job again', () => {
  it('stops a running job with a savepoint and starts from it at another parallelism', async () => {
    const answer = await rerun({ stopFirst: 'savepoint', parallelism: 4 });
    expect(answer.status).toBe(201);
    expect(rerunResponse.parse(JSON.parse(answer.body))).toEqual({
      jobId: 'c'.repeat(32),
      savepointPath: '/data/savepoint-2',
    });
    expect(job.calls).toEqual(['stop null false']);
    expect(service.reruns).toEqual([
      { parallelism: 4, restorePath: '/data/savepoint-2', submittedBy: 'rest' },
    ]);
  });

  it('starts anew from a checkpoint of a suspended job, which stays with its checkpoints', async () => {
    const restorePath = folderOf('chk-1');
    const history = [checkpoint(1, { path: restorePath })];
    const view = runningView({ status: 'SUSPENDED' });
    job.view = { ...view, checkpoints: { ...view.checkpoints, history } };
    const answer = await rerun({ restorePath, stopFirst: null });
    expect(answer.status).toBe(201);
    expect(job.calls).toEqual([]);
    expect(service.reruns).toEqual([{ restorePath, submittedBy: 'rest' }]);
  });

  it('starts an ended job from the path that was chosen, with other arguments', async () => {
    job.view = runningView({ status: 'FAILED' });
    const restorePath = folderOf('savepoint-7');
    const answer = await rerun({ restorePath, args: ['--twice'], stopFirst: 'savepoint' });
    expect(answer.status).toBe(201);
    expect(job.calls).toEqual([]);
    expect(service.reruns).toEqual([{ restorePath, args: ['--twice'], submittedBy: 'rest' }]);
  });

  it('cancels a running job when no state is wanted', async () => {
    expect((await rerun({ stopFirst: 'cancel' })).status).toBe(201);
    expect(job.calls).toEqual(['cancel']);
    expect(service.reruns).toEqual([{ restorePath: null, submittedBy: 'rest' }]);
  });

  it('leaves a running job alone unless told how to stop it', async () => {
    const answer = await rerun({ parallelism: 4 });
    expect(answer.status).toBe(409);
    expect(errorOf(answer)).toContain('"stopFirst": "savepoint"');
    expect([job.calls, service.reruns]).toEqual([[], []]);
  });

  it('refuses before the stop what could not work after it', async () => {
    const tooMany = await rerun({ stopFirst: 'savepoint', parallelism: 129 });
    expect(tooMany.status).toBe(400);
    expect(errorOf(tooMany)).toContain('at most 128 subtasks');
    const gone = await rerun({ stopFirst: 'cancel', restorePath: join(folder, 'gone') });
    expect(gone.status).toBe(404);
    const path = folderOf('chk-9');
    const { checkpoints } = runningView();
    const history = [checkpoint(9, { path })];
    job.view = runningView({ checkpoints: { ...checkpoints, history } });
    const deleted = await rerun({ stopFirst: 'cancel', restorePath: path });
    expect(deleted.status).toBe(409);
    expect(errorOf(deleted)).toContain('would be deleted when the job stops');
    expect([job.calls, service.reruns]).toEqual([[], []]);
  });

  it('takes a checkpoint that outlives the cancelled job', async () => {
    const restorePath = folderOf('chk-9');
    const { checkpoints } = runningView();
    const history = [checkpoint(9, { path: restorePath })];
    const retention = 'execution.checkpointing.externalized-checkpoint-retention';
    const configuration = { ...GRAPH.configuration, [retention]: 'RETAIN_ON_CANCELLATION' };
    const graph = { ...GRAPH, configuration };
    job.view = runningView({ graph, checkpoints: { ...checkpoints, history } });
    expect((await rerun({ stopFirst: 'cancel', restorePath })).status).toBe(201);
    expect(service.reruns).toEqual([{ restorePath, submittedBy: 'rest' }]);
  });

  it('says where the state lies when the new job does not start', async () => {
    const answer = await rerun({ stopFirst: 'savepoint', args: ['--wrong'] });
    expect(answer.status).toBe(400);
    expect(errorOf(answer)).toContain('job.ts:3: --wrong is no option.');
    expect(errorOf(answer)).toContain('Its state is in /data/savepoint-2.');
  });

  it('needs the header, JSON and sense, as every change does', async () => {
    const path = `/weir/v1/jobs/${JOB}/rerun`;
    const json = { 'content-type': 'application/json' };
    expect((await ask('POST', path, json, '{"stopFirst":"cancel"}')).status).toBe(403);
    const foreign = { ...HEADERS, origin: 'http://evil.example' };
    expect((await ask('POST', path, foreign, '{"stopFirst":"cancel"}')).status).toBe(403);
    expect((await rerun({ parallelism: 0 })).status).toBe(400);
    expect((await rerun({ stopFirst: 'pull the plug' })).status).toBe(400);
    const unknown = `/weir/v1/jobs/${'9'.repeat(32)}/rerun`;
    expect((await ask('POST', unknown, HEADERS, '{}')).status).toBe(404);
    expect([job.calls, service.reruns]).toEqual([[], []]);
  });

  it('starts nothing twice', async () => {
    const stopped = Promise.withResolvers<string>();
    const asked = Promise.withResolvers<void>();
    job.control.stopWithSavepoint = () => {
      asked.resolve();
      return stopped.promise;
    };
    const first = rerun({ stopFirst: 'savepoint' });
    await asked.promise;
    const second = await rerun({ stopFirst: 'savepoint' });
    stopped.resolve('/data/savepoint-2');
    expect([(await first).status, second.status]).toEqual([201, 409]);
    expect(service.reruns).toHaveLength(1);
  });
});
