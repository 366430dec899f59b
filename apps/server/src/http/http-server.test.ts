import { readFileSync } from 'node:fs';
import { capabilities, jobHistory, jobInfo, jobLogs, exampleList } from '@weir/console-protocol';
import { FLINK_ROUTES, FlinkRestClient, type Route, type RouteName } from '@weir/flink-rest';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { localMonitor } from '../monitor/monitor-port.ts';
import type { HttpServer } from './http-options.ts';
import { startHttp } from './http-server.ts';
import { asker } from './testing/raw-request.ts';
import {
  JOB,
  runningView,
  SINK,
  SOURCE,
  START_MS,
  SyntheticJob,
  SyntheticService,
} from './testing/synthetic-service.ts';

let service: SyntheticService;
let job: SyntheticJob;
let server: HttpServer;
let client: FlinkRestClient;
let now = START_MS + 60_000;

beforeEach(async () => {
  now = START_MS + 60_000;
  service = new SyntheticService();
  job = new SyntheticJob();
  server = await startHttp({
    dispatcher: service,
    port: 0,
    prometheusPort: 0,
    consoleDirectory: '/nonexistent',
    monitor: localMonitor({ nowMs: () => now }),
    nowMs: () => now,
  });
  client = new FlinkRestClient({ baseUrl: server.url });
  service.add(job);
  job.sendFrames([1, 2, 3]);
});
afterEach(() => server.close());

const ask = asker(() => server.port);

const PARAMS: Readonly<Record<string, string>> = {
  jobid: JOB,
  applicationid: JOB,
  vertexid: SINK,
  checkpointid: '3',
  subtaskindex: '1',
  attempt: '0',
  taskmanagerid: 'tm-0123',
  triggerid: '1'.repeat(32),
  file: 'weir.log',
};

const READS = (Object.keys(FLINK_ROUTES) as RouteName[]).filter(
  (name) => FLINK_ROUTES[name].method === 'GET' && !FLINK_ROUTES[name].mutates,
);
const NEED_A_TRIGGER = new Set([
  'checkpointTriggerStatus',
  'savepointStatus',
  'savepointDisposalStatus',
]);

describe("Flink's resources", () => {
  it.each(READS.filter((name) => !NEED_A_TRIGGER.has(name)))('%s has its shape', async (name) => {
    const route: Route = FLINK_ROUTES[name];
    const file = name === 'taskManagerLogFile' ? 'taskmanager.log' : PARAMS.file!;
    const path = new FlinkRestClient({ baseUrl: '' }).url(name, { params: { ...PARAMS, file } });
    const [prefixed, plain] = await Promise.all([
      ask('GET', path),
      ask('GET', path.replace(/^\/v1/, '')),
    ]);
    expect(prefixed.status).toBe(200);
    expect(plain.status).toBe(200);
    if (route.text) return;
    expect(prefixed.headers['content-type']).toBe('application/json; charset=UTF-8');
    const result = route.response.safeParse(JSON.parse(prefixed.body));
    expect(result.error?.issues ?? []).toEqual([]);
  });

  it('carry every key that Flink sends', async () => {
    const recorded = recordedBodies();
    const pairs: [string, RouteName, string?][] = [
      ['overview', 'overview'],
      ['config', 'config'],
      ['jobs-overview', 'jobsOverview'],
      ['job', 'job'],
      ['vertex', 'vertex', SOURCE],
      ['vertex-subtasktimes', 'vertexSubtaskTimes'],
      ['vertex-taskmanagers', 'vertexTaskManagers'],
      ['vertex-backpressure-1', 'vertexBackpressure'],
      ['job-checkpoints', 'checkpoints'],
      ['job-checkpoints-config', 'checkpointConfig'],
      ['job-checkpoint-details', 'checkpointDetails'],
      ['job-checkpoint-details-subtasks', 'checkpointSubtasks'],
      ['taskmanager', 'taskManager'],
      ['applications-overview', 'applicationsOverview'],
      ['application', 'application'],
    ];
    for (const [sample, name, vertexid = SINK] of pairs) {
      const path = client.url(name, { params: { ...PARAMS, vertexid } });
      const mine = keyPaths(await (await fetch(path)).json());
      const missing = [...keyPaths(recorded.get(sample))].filter(
        (key) => !mine.has(key) && !/\/jobs\/[A-Z]+$/.test(key),
      );
      expect({ sample, missing }).toEqual({ sample, missing: [] });
    }
  });

  it('tell where a job stands', async () => {
    const details = await client.call('job', { params: { jobid: JOB } });
    expect(details).toMatchObject({
      state: 'RUNNING',
      'start-time': START_MS,
      'end-time': -1,
      duration: 60_000,
      'status-counts': { RUNNING: 2, FAILED: 0 },
    });
    const sink = details.vertices[1]!;
    expect(sink.tasks.RUNNING).toBe(2);
    expect(sink.metrics).toMatchObject({ 'read-records': 6000, 'accumulated-busy-time': 4200 });
    expect(details.plan.nodes.map((node) => node.id)).toEqual([SINK, SOURCE]);
    expect(details.plan.nodes[0]!.inputs).toEqual([
      { num: 0, id: SOURCE, ship_strategy: 'HASH', exchange: 'pipelined_bounded' },
    ]);
    const overview = await client.call('overview');
    expect(overview).toMatchObject({ taskmanagers: 1, 'slots-total': 8, 'slots-available': 6 });
  });

  it('tell how checkpoints went', async () => {
    const { summary, latest, history, counts } = await client.call('checkpoints', {
      params: { jobid: JOB },
    });
    expect(counts).toMatchObject({ total: 4, in_progress: 0, failed: 1 });
    expect(history.map((one) => one.className)).toEqual([
      'completed',
      'completed',
      'failed',
      'completed',
    ]);
    expect(history[0]).toMatchObject({ is_savepoint: true, checkpoint_type: 'SAVEPOINT' });
    expect(history[2]).toMatchObject({ failure_message: 'expired', num_acknowledged_subtasks: 0 });
    expect(latest.completed?.id).toBe(3);
    expect(latest.restored?.id).toBe(1);
    expect(summary.end_to_end_duration).toMatchObject({ min: 45, max: 45, avg: 45, p50: 45 });
    expect(summary.state_size).toMatchObject({ min: 400, max: 400 });
    const subtasks = await client.call('checkpointSubtasks', {
      params: { jobid: JOB, checkpointid: '3', vertexid: SINK },
    });
    expect(subtasks.summary?.alignment.duration.max).toBe(3);
    expect(subtasks.subtasks.map((one) => one.end_to_end_duration)).toEqual([30, 40]);
  });

  it('give checkpoints of a job without any as zeros and NaN', async () => {
    const counts = { restored: 0, total: 0, inProgress: 0, completed: 0, failed: 0 };
    const graph = { ...runningView().graph, configuration: {} };
    job.view = runningView({ graph, checkpoints: { counts, history: [], restored: null } });
    const params = { jobid: JOB };
    const { summary, latest } = await client.call('checkpoints', { params });
    expect(summary.state_size).toMatchObject({ min: 0, avg: 0, p50: 'NaN' });
    expect(latest).toEqual({ completed: null, savepoint: null, failed: null, restored: null });
    expect((await client.call('checkpointConfig', { params })).interval).toBe(2 ** 63);
  });

  it('give metrics as bare arrays of texts', async () => {
    const params = { jobid: JOB, vertexid: SINK };
    const ids = await client.call('vertexMetrics', { params });
    expect(ids).toContainEqual({ id: '1.busyTimeMsPerSecond' });
    expect(ids).toContainEqual({ id: '0.Sink__out.numRecordsIn' });
    const get = '0.busyTimeMsPerSecond,0.numRecordsInPerSecond,0.isBackPressured,0.nosuch';
    expect(await client.call('vertexMetrics', { params, query: { get } })).toEqual([
      { id: '0.busyTimeMsPerSecond', value: '700' },
      { id: '0.numRecordsInPerSecond', value: '1000' },
      { id: '0.isBackPressured', value: 'true' },
    ]);
    expect(await client.call('vertexWatermarks', { params })).toEqual([
      { id: '0.currentInputWatermark', value: String(START_MS + 3000) },
      { id: '1.currentInputWatermark', value: String(START_MS + 3000) },
    ]);
    const source = { jobid: JOB, vertexid: SOURCE };
    expect(await client.call('vertexWatermarks', { params: source })).toEqual([]);
  });

  it('aggregate metrics, and answer nothing if one is missing', async () => {
    const params = { jobid: JOB, vertexid: SINK };
    const ask = (query: { get?: string; agg?: string; subtasks?: string }) =>
      client.call('subtasksMetrics', { params, query });
    expect(await ask({ get: 'numRecordsIn', agg: 'min,max,sum' })).toEqual([
      { id: 'numRecordsIn', min: 3000, max: 3000, sum: 6000 },
    ]);
    expect(await ask({ get: 'numRecordsIn', subtasks: '1', agg: 'sum' })).toEqual([
      { id: 'numRecordsIn', sum: 3000 },
    ]);
    expect(await ask({ get: 'numRecordsIn,nosuch' })).toEqual([]);
    expect(await client.call('jobsMetrics', { query: { get: 'numRestarts' } })).toMatchObject([
      { id: 'numRestarts', max: 0, skew: 0 },
    ]);
  });

  it('tell backpressure by both spellings, and nothing of a job that has ended', async () => {
    const params = { jobid: JOB, vertexid: SINK };
    expect(await client.call('vertexBackpressure', { params })).toMatchObject({
      status: 'ok',
      'backpressure-level': 'low',
      backpressureLevel: 'low',
      subtasks: [{ ratio: 0.2, busyRatio: 0.7, idleRatio: 0.1 }, { subtask: 1 }],
    });
    job.view = runningView({ status: 'FINISHED' });
    const ended = await client.call('vertexBackpressure', { params });
    expect(ended).toEqual({ status: 'deprecated' });
  });

  it('show exceptions with their causes', async () => {
    const { exceptionHistory } = await client.call('jobExceptions', { params: { jobid: JOB } });
    expect(exceptionHistory.entries).toHaveLength(1);
    expect(exceptionHistory.entries[0]).toMatchObject({
      exceptionName: 'USER_FUNCTION_FAILED',
      taskName: 'Sink: out (2/2)',
      taskManagerId: 'tm-0123',
    });
    expect(exceptionHistory.entries[0]!.stacktrace).toContain(
      'Caused by: TypeError: x is undefined',
    );
  });

  it('hide secrets', async () => {
    const config = await client.call('jobManagerConfig');
    expect(config).toContainEqual({ key: 's3.secret-key', value: '******' });
    const answer = await ask('GET', `/jobs/${JOB}/config`);
    expect(answer.body).not.toContain('hunter2');
    expect(answer.body).toContain('postgres://me:******@host/db');
  });

  it('answer errors as lists of sentences', async () => {
    const unknown = await ask('GET', `/jobs/${'9'.repeat(32)}`);
    expect(unknown.status).toBe(404);
    expect(JSON.parse(unknown.body).errors[0]).toContain('not found');
    expect((await ask('GET', '/v1/jobs/nothex')).status).toBe(400);
    expect((await ask('GET', '/v1/nosuch')).status).toBe(404);
    expect((await ask('POST', '/v1/overview')).status).toBe(404);
    expect((await ask('GET', `/jobs/${JOB}/vertices/${'9'.repeat(32)}`)).status).toBe(404);
    expect((await ask('GET', `/jobs/${JOB}/vertices/${SINK}/subtasks/9`)).status).toBe(404);
    expect((await ask('GET', `/jobs/${JOB}/checkpoints/details/99`)).status).toBe(404);
    const json = { 'content-type': 'application/json' };
    const malformed = await ask('POST', `/jobs/${JOB}/stop`, json, '{"drain":');
    expect(malformed.status).toBe(400);
    const large = await ask('POST', `/jobs/${JOB}/stop`, json, `"${'x'.repeat(2_000_000)}"`);
    expect(large.status).toBe(413);
    expect(JSON.parse(large.body).errors).toHaveLength(1);
  });
});

describe('operations', () => {
  it('run a savepoint by trigger, and start none twice for one id', async () => {
    let finish: (path: string) => void = () => {};
    job.savepoint = () =>
      new Promise((resolve) => {
        finish = resolve;
      });
    const triggerId = 'A'.repeat(32);
    const params = { jobid: JOB };
    const body = { 'target-directory': '/sp', triggerId };
    for (let i = 0; i < 2; i++) {
      const answer = await client.call('savepointTrigger', { params, body });
      expect(answer).toEqual({ 'request-id': triggerId.toLowerCase() });
    }
    expect(job.calls).toEqual(['savepoint /sp']);
    const status = () =>
      client.call('savepointStatus', { params: { jobid: JOB, triggerid: triggerId } });
    expect(await status()).toEqual({ status: { id: 'IN_PROGRESS' }, operation: null });
    finish('/sp/savepoint-1');
    await new Promise(setImmediate);
    const done = { status: { id: 'COMPLETED' }, operation: { location: '/sp/savepoint-1' } };
    expect(await status()).toEqual(done);
    now += 299_000;
    expect(await status()).toEqual(done);
    now += 2000;
    await expect(status()).rejects.toMatchObject({ status: 404 });
  });

  it('end a failed savepoint as COMPLETED with its cause', async () => {
    job.savepoint = () => Promise.reject(new Error('disk full'));
    const params = { jobid: JOB };
    const { 'request-id': id } = await client.call('savepointTrigger', { params, body: {} });
    const { operation } = await client.call('savepointStatus', {
      params: { jobid: JOB, triggerid: id },
    });
    expect(operation?.['failure-cause']?.['stack-trace']).toContain('disk full');
  });

  it('cancel, stop, take checkpoints, dispose', async () => {
    const params = { jobid: JOB };
    await client.call('jobCancel', { params, query: { mode: 'cancel' } });
    await client.call('jobYarnCancel', { params });
    await client.call('stop', { params, body: { drain: true } });
    expect(job.calls).toEqual(['cancel', 'cancel', 'stop null true']);
    const { 'request-id': id } = await client.call('checkpointTrigger', { params, body: {} });
    const status = await client.call('checkpointTriggerStatus', {
      params: { jobid: JOB, triggerid: id },
    });
    expect(status.operation).toEqual({ checkpointId: 7 });
    const path = { 'savepoint-path': '/gone' };
    const disposal = await client.call('savepointDisposal', { body: path });
    const outcome = await client.call('savepointDisposalStatus', {
      params: { triggerid: disposal['request-id'] },
    });
    expect(outcome.operation?.['failure-cause']?.class).toBe('SAVEPOINT_NOT_FOUND');
  });

  it('refuse to cancel what has ended otherwise', async () => {
    job.view = runningView({ status: 'FINISHED' });
    const call = client.call('jobCancel', { params: { jobid: JOB } });
    await expect(call).rejects.toMatchObject({ status: 409 });
  });
});

describe("Weir's own resources", () => {
  const headers = { 'content-type': 'application/json', 'x-weir-client': 'test' };

  it('submit a job with defaults, and say what is wrong with one', async () => {
    const ok = await ask('POST', '/weir/v1/jobs', headers, '{"entry":"job.ts"}');
    expect(ok.status).toBe(201);
    expect(JSON.parse(ok.body)).toEqual({ jobId: JOB });
    expect(service.submitted[0]).toMatchObject({ entry: 'job.ts', args: [], parallelism: null });
    const broken = await ask('POST', '/weir/v1/jobs', headers, '{"entry":"broken.ts"}');
    expect(broken.status).toBe(400);
    expect(JSON.parse(broken.body).errors).toEqual(['broken.ts:3: there is no sink.']);
    const empty = await ask('POST', '/weir/v1/jobs', headers, '{}');
    expect(JSON.parse(empty.body).errors[0]).toContain('entry');
  });

  it('have their shapes', async () => {
    job.emit({
      type: 'log',
      entry: { atMs: now, level: 'warn', text: 'careful', vertexId: SINK, subtask: 1 },
    });
    const read = async (path: string) => JSON.parse((await ask('GET', path)).body) as unknown;
    expect(capabilities.parse(await read('/weir/v1/capabilities')).submit).toBe(true);
    expect(exampleList.parse(await read('/weir/v1/examples')).examples).toEqual([]);
    expect(jobInfo.parse(await read(`/weir/v1/jobs/${JOB}`)).args).toEqual(['--once']);
    const logs = jobLogs.parse(await read(`/weir/v1/jobs/${JOB}/logs?vertex=${SINK}`));
    expect(logs.entries.map((entry) => entry.text)).toEqual(['careful']);
    expect(logs.last).toBe(1);
    expect(jobLogs.parse(await read(`/weir/v1/jobs/${JOB}/logs?since=1`)).entries).toEqual([]);
    const history = jobHistory.parse(await read(`/weir/v1/jobs/${JOB}/history`));
    expect(history.ticks.map((tick) => tick.recordsIn)).toEqual([null, 1000, 1000]);
    expect(history.step).toBe(1000);
  });
});

describe('console and Prometheus', () => {
  it('says how to build the console when it is not there', async () => {
    for (const path of ['/', '/c/local/jobs/1']) {
      const answer = await ask('GET', path);
      expect(answer.status).toBe(503);
      expect(answer.body).toContain('The console is not built');
    }
    expect((await ask('GET', '/assets/../../../etc/passwd')).status).toBe(404);
    expect((await ask('GET', '/%2e%2e/%2e%2e/etc/passwd')).status).toBe(404);
  });

  it("exposes Flink's metrics", async () => {
    const answer = await fetch(`http://127.0.0.1:${server.prometheusPort}/metrics`);
    expect(answer.headers.get('content-type')).toContain('version=0.0.4');
    const text = await answer.text();
    expect(text).toMatch(/flink_taskmanager_job_task_numRecordsIn\{.*subtask_index="1".*\} 3000/);
    expect(text).toContain('flink_jobmanager_numRunningJobs{');
    expect(text).toContain('flink_jobmanager_job_lastCheckpointDuration{');
  });

  it('does without Prometheus when its port is taken, and says so', async () => {
    const lines: string[] = [];
    const second = await startHttp({
      dispatcher: new SyntheticService(),
      port: 0,
      prometheusPort: server.prometheusPort,
      monitor: localMonitor(),
      log: (level, text) => lines.push(`${level}: ${text}`),
    });
    expect(second.prometheusPort).toBeNull();
    expect(lines.join('\n')).toMatch(/warn: Prometheus metrics are off: port \d+ is in use/);
    await second.close();
  });
});

function recordedBodies(): Map<string, unknown> {
  const url = new URL('../../../../packages/flink-rest/fixtures/2.3.0.json', import.meta.url);
  const samples = JSON.parse(readFileSync(url, 'utf8')) as { name: string; body: unknown }[];
  return new Map(samples.map((sample) => [sample.name, sample.body]));
}

/** Paths of keys, with array items and hex ids as `*`. */
function keyPaths(value: unknown, at = ''): Set<string> {
  const paths = new Set<string>();
  if (Array.isArray(value)) {
    for (const one of value) for (const path of keyPaths(one, `${at}/*`)) paths.add(path);
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, one] of Object.entries(value)) {
      const here = `${at}/${/^[0-9a-f]{32}$/.test(key) ? '*' : key}`;
      paths.add(here);
      for (const path of keyPaths(one, here)) paths.add(path);
    }
  }
  return paths;
}
