import { WeirError } from '@weir/core';
import { JOB_TRANSITIONS, type JobRecord, type JobStatus } from '@weir/runtime';
import { describe, expect, it } from 'vitest';
import { pipeline, TWO_VERTICES } from './job-graphs.ts';
import { JOB_ID, JobHarness } from './job-harness.ts';

const CHECKPOINTS = { 'execution.checkpointing.interval': '10 s' };
const RESTARTS = {
  'restart-strategy.type': 'fixed-delay',
  'restart-strategy.fixed-delay.attempts': '3',
};

async function running(options: Record<string, string> = {}, harness = new JobHarness()) {
  await harness.submit(pipeline(TWO_VERTICES, options));
  expect(harness.status).toBe('RUNNING');
  return harness;
}

/** How an asynchronous call ended, once virtual time has gone by. */
function watch<T>(promise: Promise<T>): { outcome: () => T | Error | 'pending' } {
  let outcome: T | Error | 'pending' = 'pending';
  promise.then(
    (value) => {
      outcome = value;
    },
    (error: Error) => {
      outcome = error;
    },
  );
  return { outcome: () => outcome };
}

describe('start', () => {
  it('is durable before it runs, then deploys every subtask to its slot', async () => {
    const h = await running();
    expect(h.statuses).toEqual(['CREATED', 'RUNNING']);
    const { deployment } = h.taskManager;
    expect(deployment).toMatchObject({
      jobId: JOB_ID,
      attempt: 0,
      slots: 2,
      artifactUrl: 'file:///artifacts/ab12/job.mjs',
      restoredCheckpointId: null,
    });
    expect(deployment!.tasks.map(({ slot, subtask }) => [slot, subtask])).toEqual([
      [0, 0],
      [1, 1],
      [0, 0],
      [1, 1],
    ]);
    const view = h.master.view();
    const states = view.vertices.flatMap(({ subtasks }) => subtasks.map(({ state }) => state));
    expect(states).toEqual(['RUNNING', 'RUNNING', 'RUNNING', 'RUNNING']);
    expect(Object.keys(view.vertices[0]!.subtasks[0]!.timestamps)).toEqual([
      'CREATED',
      'SCHEDULED',
      'DEPLOYING',
      'INITIALIZING',
      'RUNNING',
    ]);
    expect(h.record).toMatchObject({ state: 'RUNNING', nextCheckpointId: 1, checkpoints: [] });
  });

  it('is refused when the record can not be written', async () => {
    const h = new JobHarness();
    h.onSave = () => {
      throw new WeirError('STORAGE_FAILED', 'disk full');
    };
    await expect(h.submit(pipeline(TWO_VERTICES))).rejects.toThrow('disk full');
    expect(h.taskManagers).toEqual([]);
  });

  it('is refused for an option that can not be read', () => {
    const h = new JobHarness();
    const graph = pipeline(TWO_VERTICES, { 'execution.checkpointing.interval': 'often' });
    return expect(h.submit(graph)).rejects.toThrow(/execution\.checkpointing\.interval = "often"/);
  });
});

describe('the end of all input', () => {
  it('takes a final checkpoint, also without an interval, and then is FINISHED', async () => {
    const h = await running();
    h.taskManager.drain();
    await h.time.advance(5000);
    expect(h.sentTypes()).toEqual(['deploy', 'triggerCheckpoint 1', 'notifyCheckpointComplete 1']);
    expect(await h.master.ended()).toBe('FINISHED');
    expect(h.statuses).toEqual(['CREATED', 'RUNNING', 'FINISHED']);
    expect(h.record!.state).toBe('FINISHED');
    const [final] = h.master.view().checkpoints.history;
    expect(final).toMatchObject({ type: 'final', status: 'COMPLETED', discarded: true });
    expect(h.storage.paths).toEqual([]);
  });

  it('tries the final checkpoint again when it fails', async () => {
    const h = await running();
    h.script.onTrigger = (id) => (id < 3 ? 'decline' : 'acknowledge');
    h.taskManager.drain();
    await h.time.advance(20_000);
    expect(h.status).toBe('FINISHED');
    expect(h.outcomes()).toEqual(
      new Map([
        [1, ['FAILED']],
        [2, ['FAILED']],
        [3, ['COMPLETED']],
      ]),
    );
  });

  it('is not FINISHED before that is durable', async () => {
    const h = await running();
    let broken = true;
    h.onSave = ({ state }) => {
      if (state === 'FINISHED' && broken) throw new WeirError('STORAGE_FAILED', 'disk full');
    };
    h.taskManager.drain();
    await h.time.advance(20_000);
    expect(h.status).toBe('RUNNING');
    expect(h.master.view().timestamps.FINISHED).toBeUndefined();
    broken = false;
    await h.time.advance(2000);
    expect(h.status).toBe('FINISHED');
  });

  it('waits for a checkpoint that is under way', async () => {
    const h = await running(CHECKPOINTS);
    h.script.onTrigger = () => 'nothing';
    await h.time.advance(10_000);
    h.taskManager.drain();
    await h.time.advance(5000);
    expect(h.sentTypes()).toEqual(['deploy', 'triggerCheckpoint 1']);
    h.script.onTrigger = () => 'acknowledge';
    const folder = `/checkpoints/${JOB_ID}/chk-1`;
    for (const task of h.taskManager.tasks) h.taskManager.acknowledge(task, 1, folder);
    await h.time.advance(5000);
    expect(h.sentTypes().slice(2)).toEqual([
      'notifyCheckpointComplete 1',
      'triggerCheckpoint 2',
      'notifyCheckpointComplete 2',
    ]);
    expect(h.status).toBe('FINISHED');
  });
});

describe('a failure', () => {
  it('without restart strategy ends the job, with the root cause on top', async () => {
    const h = await running();
    h.taskManager.failTask(h.taskManager.tasks[3]!, 'boom');
    await h.time.advance(1000);
    expect(h.statuses).toEqual(['CREATED', 'RUNNING', 'FAILING', 'FAILED']);
    const [exception] = h.master.view().exceptions;
    expect(exception).toMatchObject({ taskName: 'sink (2/2)', subtask: 1, taskManagerId: 'tm-0' });
    expect(exception!.error.message).toMatch(
      /Recovery is suppressed: the restart strategy is none/,
    );
    expect(exception!.error.cause!.message).toBe('boom');
    expect(h.record!.failure!.cause!.message).toBe('boom');
    const states = h.master
      .view()
      .vertices.flatMap(({ subtasks }) => subtasks.map(({ state }) => state));
    expect(states).toEqual(['CANCELED', 'CANCELED', 'CANCELED', 'FAILED']);
  });

  it('restarts on a fresh process from the last checkpoint, once the old one is gone', async () => {
    const h = await running({ ...CHECKPOINTS, ...RESTARTS });
    await h.time.advance(20_000);
    const last = h.record!.checkpoints.at(-1)!;
    h.script.cancels = false;
    h.taskManager.failTask(h.taskManager.tasks[0]!);
    h.taskManager.failTask(h.taskManager.tasks[1]!, 'also');
    await h.time.advance(170_000);
    expect([h.status, h.taskManagers.length]).toEqual(['RESTARTING', 1]);
    h.script.cancels = true;
    await h.time.advance(20_000);
    expect([h.status, h.taskManagers.length]).toEqual(['RUNNING', 2]);
    expect(h.taskManager.deployment).toMatchObject({ attempt: 1, restoredCheckpointId: last.id });
    const restore = Object.values(h.taskManager.deployment!.tasks[0]!.restore)[0]!;
    expect(restore.map(({ path }) => path)).toEqual(
      [0, 1].map((subtask) => `${last.path}/${h.taskManager.tasks[0]!.vertexId}-${subtask}`),
    );
    const view = h.master.view();
    expect(view).toMatchObject({ attempt: 1, restarts: 1 });
    expect(view.checkpoints.restored).toMatchObject({ id: last.id, isSavepoint: false });
    expect(view.exceptions).toHaveLength(1);
    expect(view.exceptions[0]!.concurrent).toHaveLength(1);
    expect(view.vertices[0]!.subtasks[0]!.attempt).toBe(1);
  });

  it('of the process counts as one of the job and says how it died', async () => {
    const h = await running(RESTARTS);
    h.taskManager.exit('ran out of heap');
    await h.time.advance(2000);
    expect(h.status).toBe('RUNNING');
    expect(h.taskManagers).toHaveLength(2);
    const [exception] = h.master.view().exceptions;
    expect(exception!.error).toMatchObject({ code: 'TASK_MANAGER_LOST' });
    expect(exception!.error.message).toMatch(/ran out of heap/);
  });

  it('ends the job when the strategy gives up', async () => {
    const h = await running(RESTARTS);
    for (let i = 0; i < 4; i++) {
      h.taskManager.failTask(h.taskManager.tasks[0]!, `boom ${i}`);
      await h.time.advance(2000);
    }
    expect(h.status).toBe('FAILED');
    expect(h.taskManagers).toHaveLength(4);
    expect(
      h.master.view().exceptions.map(({ error }) => error.cause?.message ?? error.message),
    ).toEqual(['boom 3', 'boom 2', 'boom 1', 'boom 0']);
  });

  it('that another attempt would meet again is not retried', async () => {
    const h = await running(RESTARTS);
    const error = new WeirError('JOB_DEFINITION_NOT_DETERMINISTIC', 'operator "x" is missing');
    h.taskManager.report(h.taskManager.tasks[0]!, 'FAILED', error);
    await h.time.advance(2000);
    expect([h.status, h.taskManagers.length]).toEqual(['FAILED', 1]);
  });

  it('to reach the process ends it, and is one of the job', async () => {
    const h = await running({ ...CHECKPOINTS, ...RESTARTS });
    const manager = h.taskManager;
    manager.send = () => {
      throw new WeirError('TASK_MANAGER_LOST', 'channel closed');
    };
    await h.time.advance(12_000);
    expect(manager.exited).toBe(true);
    expect([h.status, h.taskManagers.length]).toEqual(['RUNNING', 2]);
    const logs = h.events.flatMap((event) => (event.type === 'log' ? [event.entry.text] : []));
    expect(logs).toEqual(['triggerCheckpoint could not be sent: channel closed']);
  });

  it('to commit what a complete checkpoint counts on suspends the job with it', async () => {
    const h = await running({ ...CHECKPOINTS, ...RESTARTS });
    await h.time.advance(20_000);
    const { path } = h.record!.checkpoints.at(-1)!;
    h.taskManager.failTask(h.taskManager.tasks[0]!, 'the transaction is gone', 'COMMIT_LOST');
    await h.time.advance(20_000);
    expect(await h.master.ended()).toBe('SUSPENDED');
    const { message } = h.master.view().exceptions[0]!.error;
    expect(message).toContain(`newest checkpoint, ${path}; it is suspended and keeps`);
    expect(message).toContain('the transaction is gone');
    expect(h.storage.paths).toContain(`${path.slice(1)}/_metadata`);
  });

  it('to launch a process is one of the job', async () => {
    const h = new JobHarness();
    h.launchFails = true;
    await h.submit(pipeline(TWO_VERTICES, RESTARTS));
    expect(h.status).toBe('RESTARTING');
    h.launchFails = false;
    await h.time.advance(2000);
    expect(h.status).toBe('RUNNING');
  });

  it('that repeats before the tasks run suspends the job, until someone cancels it', async () => {
    const h = new JobHarness();
    h.script.starts = false;
    await h.submit(pipeline(TWO_VERTICES, CHECKPOINTS));
    for (let i = 0; i < 3; i++) {
      h.taskManager.exit('called process.exit(3)');
      await h.time.advance(3000);
    }
    expect(await h.master.ended()).toBe('SUSPENDED');
    expect(h.taskManagers).toHaveLength(3);
    expect(h.master.view().exceptions[0]!.error.message).toMatch(
      /died 3 times in a row before all tasks ran.*process\.exit\(3\)/,
    );
    expect(h.record!.state).toBe('SUSPENDED');
    await h.crashAndResume();
    expect(h.status).toBe('SUSPENDED');
    const cancelled = watch(h.master.cancel());
    await h.time.advance(10);
    expect([h.status, cancelled.outcome()]).toEqual(['CANCELED', undefined]);
  });

  it('of the process after the tasks ran does not suspend it', async () => {
    const h = await running(CHECKPOINTS);
    for (let i = 0; i < 5; i++) {
      h.taskManager.exit('segfault');
      await h.time.advance(60_000);
      expect(h.status).toBe('RUNNING');
    }
  });
});

describe('cancel', () => {
  it('stops the tasks, then the job is CANCELED; asking again changes nothing', async () => {
    const h = await running(CHECKPOINTS);
    await h.time.advance(20_000);
    expect(h.storage.paths).not.toEqual([]);
    const calls = [watch(h.master.cancel()), watch(h.master.cancel())];
    expect(h.status).toBe('CANCELLING');
    await h.time.advance(500);
    expect(calls.map((call) => call.outcome())).toEqual([undefined, undefined]);
    expect(h.statuses.slice(-2)).toEqual(['CANCELLING', 'CANCELED']);
    expect(h.record).toMatchObject({ state: 'CANCELED', checkpoints: [] });
    expect(h.storage.paths).toEqual([]);
    await expect(h.master.cancel()).resolves.toBeUndefined();
  });

  it('kills a process whose tasks do not stop', async () => {
    const h = await running({ 'task.cancellation.timeout': '30 s' });
    h.script.cancels = false;
    void h.master.cancel();
    await h.time.advance(29_000);
    expect(h.status).toBe('CANCELLING');
    await h.time.advance(1100);
    expect(h.status).toBe('CANCELED');
  });

  it('wins over a restart and over failing', async () => {
    for (const options of [RESTARTS, {}]) {
      const h = await running(options);
      h.taskManager.failTask(h.taskManager.tasks[0]!);
      await h.time.advance(3);
      expect(['RESTARTING', 'FAILING']).toContain(h.status);
      void h.master.cancel();
      await h.time.advance(5000);
      expect([h.status, h.taskManagers.length]).toEqual(['CANCELED', 1]);
    }
  });

  it('before the process is ready does not wait for it', async () => {
    const h = new JobHarness();
    h.script.latencyMs = () => 50;
    await h.submit(pipeline(TWO_VERTICES));
    void h.master.cancel();
    await h.time.advance(60);
    expect(h.status).toBe('CANCELED');
    expect(h.taskManager.sent).toEqual([]);
  });

  it('of a job that has ended otherwise is refused', async () => {
    const h = await running();
    h.taskManager.drain();
    await h.time.advance(1000);
    await expect(h.master.cancel()).rejects.toMatchObject({ code: 'JOB_STATE_INVALID' });
  });

  it('keeps the checkpoints when they are to be retained', async () => {
    const retention = 'execution.checkpointing.externalized-checkpoint-retention';
    const h = await running({ ...CHECKPOINTS, [retention]: 'RETAIN_ON_CANCELLATION' });
    await h.time.advance(20_000);
    void h.master.cancel();
    await h.time.advance(500);
    expect(h.record!.checkpoints).toHaveLength(1);
    const { path } = h.record!.checkpoints[0]!;
    const next = new JobHarness();
    for (const file of h.storage.paths) {
      await next.storage.replace(file, await h.storage.read(file));
    }
    await next.submit(pipeline(TWO_VERTICES), path);
    expect(next.taskManager.deployment!.restoredCheckpointId).toBe(h.record!.checkpoints[0]!.id);
  });
});

describe('stop with savepoint', () => {
  it.each([
    [false, 'stop'],
    [true, 'drain'],
  ])('drain %s: savepoint, commit, FINISHED', async (drain, type) => {
    const h = await running(CHECKPOINTS);
    const stopped = watch(h.master.stopWithSavepoint('/mine', drain));
    await h.time.advance(1000);
    expect(h.status).toBe('FINISHED');
    expect(stopped.outcome()).toMatch(/^\/mine\/savepoint-012345-[0-9a-f]{12}$/);
    expect(h.taskManager.sent[1]).toMatchObject({ checkpointType: type });
    expect(h.sentTypes().slice(1)).toEqual(['triggerCheckpoint 1', 'notifyCheckpointComplete 1']);
    expect(h.storage.paths).toContain(`${String(stopped.outcome()).slice(1)}/_metadata`);
  });

  it.each([
    [false, 1],
    [true, 2],
  ])(
    'whose savepoint fails, drain %s: %i process(es), and the job runs',
    async (drain, attempts) => {
      const h = await running({ ...CHECKPOINTS, ...RESTARTS });
      h.script.onTrigger = () => 'decline';
      const stopped = watch(h.master.stopWithSavepoint(null, drain));
      await h.time.advance(3000);
      expect(stopped.outcome()).toMatchObject({ code: 'CHECKPOINT_DECLINED' });
      expect([h.status, h.taskManagers.length]).toEqual(['RUNNING', attempts]);
      expect(h.sentTypes(h.taskManagers[0]!)).toContain('notifyCheckpointAborted 1');
      h.script.onTrigger = () => 'acknowledge';
      await h.time.advance(12_000);
      expect(h.record!.checkpoints).toHaveLength(1);
    },
  );

  it('that no task heard of leaves the job running', async () => {
    const h = await running({ ...CHECKPOINTS });
    h.onSave = () => {
      throw new WeirError('STORAGE_FAILED', 'disk full');
    };
    const stopped = watch(h.master.stopWithSavepoint(null, false));
    await h.time.advance(10);
    h.onSave = () => {};
    expect(stopped.outcome()).toMatchObject({ code: 'CHECKPOINT_FAILED' });
    await h.time.advance(30_000);
    expect([h.status, h.taskManagers.length]).toEqual(['RUNNING', 1]);
    expect(h.record!.checkpoints).toHaveLength(1);
  });

  it('whose tasks fail after the commit goes on from the savepoint and says so', async () => {
    const h = await running({ ...CHECKPOINTS, ...RESTARTS });
    const stopped = watch(h.master.stopWithSavepoint(null, false));
    await h.time.advance(2);
    const manager = h.taskManager;
    for (let i = 0; i < 20 && !h.sentTypes().includes('notifyCheckpointComplete 1'); i++) {
      await h.time.advance(1);
    }
    manager.exit('segfault');
    await h.time.advance(3000);
    expect(h.taskManagers).toHaveLength(2);
    expect(h.taskManager.deployment!.restoredCheckpointId).toBe(1);
    expect(stopped.outcome()).toMatchObject({ code: 'CHECKPOINT_FAILED' });
    expect(String(stopped.outcome())).toMatch(
      /savepoint \/savepoints\/.* is complete, but the job/,
    );
    await h.time.advance(20_000);
    expect(h.record!.checkpoints.map(({ isSavepoint }) => isSavepoint)).toEqual([false]);
    expect(h.storage.paths.some((path) => /^savepoints\/.*_metadata$/.test(path))).toBe(true);
  });
});

describe('a job whose process dies after its drain is durable', () => {
  it('reads no more: it ends once it runs again, and so does one whose server died', async () => {
    const h = await running({ ...CHECKPOINTS, ...RESTARTS });
    const stopped = watch(h.master.stopWithSavepoint(null, true));
    for (let i = 0; i < 20 && !h.sentTypes().includes('notifyCheckpointComplete 1'); i++) {
      await h.time.advance(1);
    }
    h.taskManager.exit('segfault');
    await h.time.advance(3000);
    expect(h.taskManager.deployment).toMatchObject({ restoredCheckpointId: 1, inputEnded: true });
    expect(String(stopped.outcome())).toContain('ends by itself once it runs again');
    await h.crashAndResume();
    await h.time.advance(50);
    expect(h.taskManager.deployment).toMatchObject({ restoredCheckpointId: 1, inputEnded: true });
  });
});

describe('a server that was killed', () => {
  it('resumes from the last checkpoint in its record, with ids that go on', async () => {
    const h = await running(CHECKPOINTS);
    await h.time.advance(35_000);
    const last = h.record!.checkpoints.at(-1)!;
    await h.crashAndResume();
    await h.time.advance(50);
    expect(h.status).toBe('RUNNING');
    expect(h.taskManager.deployment).toMatchObject({ attempt: 1, restoredCheckpointId: last.id });
    await h.time.advance(20_000);
    expect(h.record!.checkpoints.at(-1)!.id).toBeGreaterThan(last.id);
  });

  it('still shows what went wrong, and which checkpoints there were', async () => {
    const h = await running({ ...CHECKPOINTS, ...RESTARTS });
    h.taskManager.exit('ran out of heap');
    await h.time.advance(35_000);
    const last = h.record!.checkpoints.at(-1)!.id;
    const before = h.master.view();
    expect(before.exceptions).toHaveLength(1);
    await h.crashAndResume();
    const { exceptions, checkpoints } = h.master.view();
    expect(exceptions).toEqual(before.exceptions);
    expect(checkpoints.counts).toMatchObject({ completed: last, failed: 0, inProgress: 0 });
    expect(checkpoints.history.map(({ id }) => id)[0]).toBe(last);
    expect(checkpoints.history).toEqual(before.checkpoints.history);
  });

  it('has the checkpoint in its history that it goes on from, however soon it was killed', async () => {
    const h = await running(CHECKPOINTS);
    let first: JobRecord | null = null;
    h.onSaved = (record) => {
      if (record.checkpoints.length > 0) first ??= record;
    };
    await h.time.advance(12_000);
    await h.abandon();
    h.record = first;
    const { id, path } = h.record!.checkpoints.at(-1)!;
    await h.crashAndResume();
    const [newest] = h.master.view().checkpoints.history;
    expect(newest).toMatchObject({ id, path, status: 'COMPLETED' });
  });

  it('has no more restarts than before', async () => {
    const h = await running({ ...CHECKPOINTS, ...RESTARTS });
    for (let i = 0; i < 3; i++) {
      h.taskManager.exit('ran out of heap');
      await h.time.advance(5000);
    }
    expect(h.status).toBe('RUNNING');
    await h.crashAndResume();
    await h.time.advance(50);
    h.taskManager.exit('ran out of heap');
    await h.time.advance(5000);
    expect(h.status).toBe('FAILED');
  });

  it('deletes what never came into the record, and nothing else', async () => {
    const h = await running(CHECKPOINTS);
    await h.time.advance(12_000);
    const kept = h.storage.paths;
    h.script.onTrigger = () => 'nothing';
    await h.time.advance(10_000);
    await h.storage.replace(`checkpoints/${JOB_ID}/chk-2/file`, new Uint8Array(1));
    await h.storage.replace(`checkpoints/${JOB_ID}/chk-99/file`, new Uint8Array(1));
    await h.crashAndResume();
    expect(h.storage.paths).toEqual([...kept, `checkpoints/${JOB_ID}/chk-99/file`]);
  });

  const cases: [JobStatus, JobStatus][] = [
    ['CREATED', 'RUNNING'],
    ['RUNNING', 'RUNNING'],
    ['RESTARTING', 'RUNNING'],
    ['CANCELLING', 'CANCELED'],
    ['FAILING', 'FAILED'],
    ['FAILED', 'FAILED'],
    ['CANCELED', 'CANCELED'],
    ['FINISHED', 'FINISHED'],
    ['SUSPENDED', 'SUSPENDED'],
  ];
  it.each(cases)('goes on with a job that was %s until it is %s', async (state, expected) => {
    const h = await running();
    await h.abandon();
    const old: JobRecord = {
      ...h.record!,
      state,
      timestamps: { ...h.record!.timestamps, [state]: 7 },
    };
    h.record = old;
    const launched = h.taskManagers.length;
    await h.crashAndResume();
    await h.time.advance(50);
    expect(h.status).toBe(expected);
    expect(h.taskManagers.length - launched).toBe(expected === 'RUNNING' ? 1 : 0);
    if (state === expected && state !== 'RUNNING') {
      expect(h.master.view().timestamps[state]).toBe(7);
    }
  });
});

describe('shutdown', () => {
  it('ends the process and leaves the record as it is', async () => {
    const h = await running(CHECKPOINTS);
    const done = watch(h.master.shutdown());
    await h.time.advance(10);
    expect(done.outcome()).toBeUndefined();
    expect([h.taskManager.exited, h.record!.state]).toEqual([true, 'RUNNING']);
  });
});

describe('restore from a savepoint', () => {
  const savepointOf = async (vertices = TWO_VERTICES) => {
    const h = new JobHarness();
    await h.submit(pipeline(vertices));
    const path = watch(h.master.triggerSavepoint(null));
    await h.time.advance(100);
    return { path: path.outcome() as string, storage: h.storage };
  };
  const restore = async (
    from: Awaited<ReturnType<typeof savepointOf>>,
    graph: ReturnType<typeof pipeline>,
  ) => {
    const h = new JobHarness();
    for (const file of from.storage.paths) {
      await h.storage.replace(file, await from.storage.read(file));
    }
    await h.submit(graph, from.path);
    await h.time.advance(500);
    return h;
  };

  it('starts from it, also at another parallelism, with ids after its own', async () => {
    const from = await savepointOf();
    const wider = TWO_VERTICES.map((vertex) => ({ ...vertex, parallelism: 3 }));
    const h = await restore(from, pipeline(wider, CHECKPOINTS));
    expect(h.status).toBe('RUNNING');
    expect(h.master.view().checkpoints).toMatchObject({
      restored: { id: 1, isSavepoint: true, path: from.path },
      counts: { restored: 1 },
    });
    const [files] = Object.values(h.taskManager.deployment!.tasks[2]!.restore);
    expect(files!.map(({ subtask, parallelism }) => [subtask, parallelism])).toEqual([
      [0, 2],
      [1, 2],
    ]);
    await h.time.advance(10_000);
    expect(h.record!.checkpoints[0]!.id).toBe(2);
  });

  it('refuses state that nobody takes, naming the operator, unless it is allowed', async () => {
    const from = await savepointOf([{ name: 'source' }, { name: 'count' }, { name: 'sink' }]);
    const h = await restore(from, pipeline([{ name: 'source' }, { name: 'sink' }], RESTARTS));
    expect([h.status, h.taskManagers.length]).toEqual(['FAILED', 1]);
    expect(h.master.view().exceptions[0]!.error).toMatchObject({ code: 'STATE_UNCLAIMED' });
    expect(h.master.view().exceptions[0]!.error.message).toMatch(
      /state of "count" \(uid "count"\).*ignore-unclaimed-state=true/,
    );
    const allow = { 'execution.state-recovery.ignore-unclaimed-state': 'true' };
    const allowed = await restore(from, pipeline([{ name: 'source' }, { name: 'sink' }], allow));
    expect(allowed.status).toBe('RUNNING');
  });

  it('takes over the max parallelism where the job chose none, refuses another one', async () => {
    const from = await savepointOf();
    const other = (derived: boolean, parallelism = 2) =>
      pipeline(
        TWO_VERTICES.map((vertex) => ({
          ...vertex,
          parallelism,
          maxParallelism: 512,
          maxParallelismDerived: derived,
        })),
      );
    const adopted = await restore(from, other(true));
    expect(adopted.taskManager.deployment!.graph.vertices[1]!.maxParallelism).toBe(128);
    expect(adopted.master.view().graph.vertices[1]!.maxParallelism).toBe(128);
    const refused = await restore(from, other(false));
    expect(refused.master.view().exceptions[0]!.error).toMatchObject({
      code: 'STATE_INCOMPATIBLE',
    });
    expect(refused.master.view().exceptions[0]!.error.message).toMatch(
      /set the max parallelism to 128/,
    );
    const tooWide = await restore(from, other(true, 200));
    expect(tooWide.master.view().exceptions[0]!.error.message).toMatch(/use at most 128/);
  });

  it('says where it looked when there is none', async () => {
    const h = new JobHarness();
    await h.submit(pipeline(TWO_VERTICES), '/savepoints/nowhere');
    await h.time.advance(500);
    expect(h.status).toBe('FAILED');
    expect(h.master.view().exceptions[0]!.error).toMatchObject({ code: 'SAVEPOINT_NOT_FOUND' });
  });
});

describe('the transition table', () => {
  it('leads from every state to an end', () => {
    for (const start of ['CREATED', 'RUNNING', 'RESTARTING', 'FAILING', 'CANCELLING'] as const) {
      const seen = new Set<JobStatus>([start]);
      for (const state of seen) for (const next of JOB_TRANSITIONS[state]) seen.add(next);
      expect(['FINISHED', 'FAILED', 'CANCELED'].some((end) => seen.has(end as JobStatus))).toBe(
        true,
      );
    }
  });

  it('is kept by what listeners see', async () => {
    const h = await running(RESTARTS);
    h.taskManager.failTask(h.taskManager.tasks[0]!);
    await h.time.advance(3000);
    h.taskManager.drain();
    await h.time.advance(3000);
    h.statuses.slice(1).forEach((status, at) => {
      expect(JOB_TRANSITIONS[h.statuses[at] as JobStatus]).toContain(status);
    });
    expect(h.statuses.at(-1)).toBe('FINISHED');
  });
});
