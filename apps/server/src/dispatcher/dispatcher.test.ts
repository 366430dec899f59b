/** The dispatcher with real processes: every way in which user code can end its surroundings. */
import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JobStatus, JobView } from '@weir/runtime';
import { afterEach, describe, expect, it } from 'vitest';
import { DataDirectory } from '../data-directory/data-directory.ts';
import { FileStorage } from '../storage/file-storage.ts';
import { Dispatcher } from './dispatcher.ts';

const TIMEOUT_MS = 60_000;
const ENVIRONMENT = `import { StreamExecutionEnvironment } from '@weir/datastream';
const env = StreamExecutionEnvironment.getExecutionEnvironment();
`;
/** A source that never ends. */
const ENDLESS = `import { types, WatermarkStrategy } from '@weir/core';
const endless = {
  boundedness: 'CONTINUOUS_UNBOUNDED', producedType: types.f64(), discoveryIntervalMs: null,
  splitType: types.object({ splitId: types.string() }),
  discoverSplits: async () => [{ splitId: 's' }],
  ownerOf: () => 0,
  createReader: (context) => ({
    start() { this.timer = setInterval(() => context.wakeUp(), 10); },
    addSplits() {},
    pollNext(out) { out.collect(1, Date.now(), 's'); return 'NOTHING_AVAILABLE'; },
    snapshotState: () => [{ splitId: 's' }],
    close() { clearInterval(this.timer); },
  }),
};
const ticks = env.fromSource(endless, WatermarkStrategy.noWatermarks(), 'ticks');
`;

const open: Dispatcher[] = [];
const quiet = { info() {}, warn() {}, error() {}, tail: () => [] };

function dispatcherIn(root: string): Dispatcher {
  const dispatcher = new Dispatcher({
    directory: new DataDirectory(join(root, '.weir')),
    configuration: {},
    storage: (folder) => new FileStorage(folder),
    log: quiet,
    version: 'test',
    build: 'test',
  });
  open.push(dispatcher);
  return dispatcher;
}

function workspace(): string {
  return mkdtempSync(join(tmpdir(), 'weir-dispatcher-'));
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((dispatcher) => dispatcher.close()));
});

interface Started {
  readonly dispatcher: Dispatcher;
  readonly root: string;
  readonly jobId: string;
}

async function start(
  program: string,
  configuration: Record<string, string> = {},
): Promise<Started> {
  const root = workspace();
  const dispatcher = dispatcherIn(root);
  const entry = join(root, 'job.js');
  writeFileSync(entry, `${ENVIRONMENT}${program}\nawait env.execute('test job');\n`);
  const { jobId } = await dispatcher.submit({
    entry,
    args: [],
    parallelism: null,
    configuration,
    restorePath: null,
    name: null,
  });
  return { dispatcher, root, jobId };
}

/** Resolves with the job's view as soon as it satisfies. */
function when(
  { dispatcher, jobId }: Started,
  satisfies: (view: JobView) => boolean,
): Promise<JobView> {
  const control = dispatcher.job(jobId)!.control;
  return new Promise((resolve) => {
    const check = (): void => {
      const view = control.view();
      if (!satisfies(view)) return;
      stop();
      resolve(view);
    };
    const stop = control.observe(check);
    check();
  });
}

function reaches(job: Started, status: JobStatus): Promise<JobView> {
  return when(job, (view) => view.status === status);
}

function causes(view: JobView): string {
  const texts: string[] = [];
  for (const { error } of view.exceptions) {
    for (let at: typeof error | null = error; at !== null; at = at.cause) {
      texts.push(at.message, at.stack);
    }
  }
  return texts.join('\n');
}

function runs(view: JobView): boolean {
  const states = view.vertices.flatMap(({ subtasks }) => subtasks.map(({ state }) => state));
  return states.every((state) => state === 'RUNNING');
}

describe('Dispatcher', { timeout: TIMEOUT_MS }, () => {
  it('runs a job to its end and forwards what it prints', async () => {
    const job = await start(`env.fromData(1, 2, 3)
      .map((n) => { console.log('saw', n); return n; }).setParallelism(2).print();`);
    const printed: string[] = [];
    job.dispatcher.job(job.jobId)!.control.observe((event) => {
      if (event.type === 'log') printed.push(event.entry.text);
    });
    await reaches(job, 'FINISHED');
    expect(printed.filter((text) => text.startsWith('saw')).sort()).toEqual([
      'saw 1',
      'saw 2',
      'saw 3',
    ]);
  });

  it('names the operator and the line that call process.exit', async () => {
    const job = await start(`env.fromData(1)
      .map(function leaves(n) { process.exit(3); return n; }).name('leaver').print();`);
    const text = causes(await reaches(job, 'FAILED'));
    expect(text).toContain('process.exit(3)');
    expect(text).toMatch(/leaves .*job\.js:4:/);
  });

  it('shows where a task that never comes back is', async () => {
    const job = await start(
      `env.fromData(1).map(function turns(n) {
        for (;;) n = (n * 31 + 1) % 1000003;
        return n;
      }).print();`,
      { 'heartbeat.timeout': '2 s' },
    );
    const text = causes(await reaches(job, 'FAILED'));
    expect(text).toMatch(/did not return to its event loop .* in map .* at turns \(.*job\.js:4\)/);
  });

  it('survives a job that runs out of heap', async () => {
    const job = await start(
      `env.fromData(1).map((n) => {
        for (const kept = []; ; ) kept.push(new Array(1000).fill(n));
      }).print();`,
      { 'taskmanager.memory.task.heap.size': '48mb' },
    );
    expect(causes(await reaches(job, 'FAILED'))).toContain('ran out of heap');
  });

  it('fails a job whose deployment is impossible with the reason', async () => {
    const job = await start(`env.fromData(1).print();`, {
      'taskmanager.memory.segment-size': '4097',
    });
    expect(causes(await reaches(job, 'FAILED'))).toContain('segment of 4097 bytes is not possible');
  });

  it('fails on a rejected promise that nobody handles', async () => {
    const job = await start(
      `${ENDLESS} ticks.map((n) => { void Promise.reject(new Error('lost')); return n; }).print();`,
    );
    expect(causes(await reaches(job, 'FAILED'))).toMatch(
      /not handled at .*job\.js:\d+, near map .*: Error: lost/,
    );
  });

  it('starts a fresh process after kill -9, and cancels', async () => {
    const job = await start(`${ENDLESS} ticks.map((n) => n).print();`, {
      'restart-strategy.type': 'fixed-delay',
      'restart-strategy.fixed-delay.delay': '1 ms',
    });
    const first = await when(job, runs);
    process.kill(first.taskManager!.pid!, 'SIGKILL');
    const second = await when(job, (view) => view.attempt === 1 && runs(view));
    expect(second.taskManager!.pid).not.toBe(first.taskManager!.pid);
    expect(causes(second)).toContain('killed (SIGKILL)');
    await job.dispatcher.job(job.jobId)!.control.cancel();
    expect(job.dispatcher.job(job.jobId)!.control.view().status).toBe('CANCELED');
  });

  it('terminates a task that ignores its cancellation', async () => {
    const job = await start(
      `${ENDLESS} ticks.map((n) => { console.log('in'); for (;;) n++; }).print();`,
      { 'task.cancellation.timeout': '100 ms' },
    );
    const { control } = job.dispatcher.job(job.jobId)!;
    await new Promise<void>((resolve) => {
      control.observe((event) => {
        if (event.type === 'log' && event.entry.text === 'in') resolve();
      });
    });
    await control.cancel();
    expect(control.view().status).toBe('CANCELED');
  });

  it('cancels a job that the next server knows but has not started yet', async () => {
    const job = await start(`${ENDLESS} ticks.map((n) => n).print();`);
    await when(job, runs);
    await job.dispatcher.close();
    const next = dispatcherIn(job.root);
    await next.load();
    const canceled = next.job(job.jobId)!.control.cancel();
    await next.recover();
    await canceled;
    expect(next.job(job.jobId)!.control.view().status).toBe('CANCELED');
  });

  it('resumes jobs in the next server, and runs them again', async () => {
    const job = await start(`${ENDLESS} ticks.map((n) => n).print();`);
    await when(job, runs);
    await job.dispatcher.close();

    const next = dispatcherIn(job.root);
    await next.load();
    expect(next.job(job.jobId)!.control.view().status).toBe('RUNNING');
    await next.recover();
    const resumed = { ...job, dispatcher: next };
    await when(resumed, runs);
    await next.job(job.jobId)!.control.cancel();

    const { jobId } = await next.rerun(job.jobId, { parallelism: 2, name: 'again' });
    const again = await when({ ...resumed, jobId }, runs);
    expect(again.graph.name).toBe('again');
    await next.job(jobId)!.control.cancel();
    await next.forget(jobId);
    await next.forget(job.jobId);
    expect(readdirSync(join(job.root, '.weir', 'artifacts'))).toEqual([]);
    expect(readdirSync(join(job.root, '.weir', 'jobs'))).toEqual([]);
  });

  it('leaves nothing behind when the program is wrong', async () => {
    await expect(start('const a = ;')).rejects.toMatchObject({ code: 'JOB_DEFINITION_INVALID' });
    expect(open[0]!.jobs()).toEqual([]);
  });

  it('refuses a savepoint that is not there', async () => {
    const dispatcher = dispatcherIn(workspace());
    const submission = {
      entry: 'x.ts',
      args: [],
      parallelism: null,
      configuration: {},
      name: null,
    };
    await expect(
      dispatcher.submit({ ...submission, restorePath: '/nowhere/chk-1' }),
    ).rejects.toMatchObject({ code: 'SAVEPOINT_NOT_FOUND' });
  });
});
