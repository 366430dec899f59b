import { WeirError } from '@weir/core';
import type { CheckpointView } from '@weir/runtime';
import { describe, expect, it } from 'vitest';
import { pipeline, TWO_VERTICES } from './job-graphs.ts';
import { JOB_ID, JobHarness } from './job-harness.ts';

const PREFIX = 'execution.checkpointing';
const EVERY_10_S = { [`${PREFIX}.interval`]: '10 s' };
const TOLERANT = { [`${PREFIX}.tolerable-failed-checkpoints`]: '100' };
const RESTARTS = {
  'restart-strategy.type': 'fixed-delay',
  'restart-strategy.fixed-delay.attempts': '100',
};

async function running(options: Record<string, string> = EVERY_10_S, harness = new JobHarness()) {
  await harness.submit(pipeline(TWO_VERTICES, { ...RESTARTS, ...options }));
  return harness;
}

function history(h: JobHarness): readonly CheckpointView[] {
  return h.master.view().checkpoints.history;
}

/** When each checkpoint was triggered, ms after the start of the test's clock. */
function triggeredAt(h: JobHarness): number[] {
  const first = new JobHarness().time.nowMs();
  return history(h)
    .map(({ triggeredAtMs }) => triggeredAtMs - first)
    .reverse();
}

function ignoring<T>(promise: Promise<T>): { error: unknown; value: T | undefined } {
  const seen: { error: unknown; value: T | undefined } = { error: undefined, value: undefined };
  promise.then(
    (value) => {
      seen.value = value;
    },
    (error: unknown) => {
      seen.error = error;
    },
  );
  return seen;
}

describe('periodic checkpoints', () => {
  it('come at a fixed rate, the first within the first interval', async () => {
    const h = await running();
    await h.time.advance(60_000);
    const times = triggeredAt(h);
    expect(times[0]).toBeLessThan(10_010);
    const gaps = times.slice(1).map((time, at) => time - times[at]!);
    expect(gaps).toEqual([10_000, 10_000, 10_000, 10_000, 10_000]);
  });

  it('that overlap all the time do not put the final one off', async () => {
    const overlapping = {
      [`${PREFIX}.interval`]: '1 s',
      [`${PREFIX}.max-concurrent-checkpoints`]: '3',
    };
    const h = new JobHarness();
    h.script.latencyMs = () => 1500;
    await h.submit(pipeline(TWO_VERTICES, { ...RESTARTS, ...overlapping }));
    await h.time.advance(20_000);
    expect(history(h).filter(({ status }) => status === 'IN_PROGRESS').length).toBeGreaterThan(1);
    h.taskManager.drain();
    await h.time.advance(20_000);
    expect(history(h)[0]).toMatchObject({ type: 'final', status: 'COMPLETED' });
  });

  it('are off without an interval', async () => {
    const h = await running({});
    await h.time.advance(100_000);
    expect(history(h)).toEqual([]);
  });

  it('begin only once all tasks are RUNNING', async () => {
    const h = new JobHarness();
    h.script.starts = false;
    await h.submit(pipeline(TWO_VERTICES, EVERY_10_S));
    await h.time.advance(60_000);
    expect(history(h)).toEqual([]);
    h.taskManager.tasks.slice(1).forEach((task) => void h.taskManager.report(task, 'RUNNING'));
    await h.time.advance(60_000);
    expect(history(h)).toEqual([]);
    h.taskManager.report(h.taskManager.tasks[0]!, 'RUNNING');
    await h.time.advance(11_000);
    expect(history(h)).toHaveLength(1);
  });

  it('wait while as many as allowed are in progress, then go at once', async () => {
    const h = await running();
    h.script.onTrigger = () => 'nothing';
    await h.time.advance(40_000);
    expect(history(h)).toHaveLength(1);
    h.script.onTrigger = () => 'acknowledge';
    for (const task of h.taskManager.tasks) {
      h.taskManager.acknowledge(task, 1, `/checkpoints/${JOB_ID}/chk-1`);
    }
    await h.time.advance(100);
    expect(history(h)).toHaveLength(2);
  });

  it('may overlap when that is allowed', async () => {
    const h = await running({ ...EVERY_10_S, [`${PREFIX}.max-concurrent-checkpoints`]: '3' });
    h.script.onTrigger = () => 'nothing';
    await h.time.advance(100_000);
    expect(h.master.view().checkpoints.counts.inProgress).toBe(3);
  });

  it('keep the minimum pause after the last completed one', async () => {
    const h = await running({ ...EVERY_10_S, [`${PREFIX}.min-pause`]: '8 s' });
    h.script.latencyMs = () => 3000;
    await h.time.advance(120_000);
    const [newest, ...older] = history(h).filter(({ status }) => status === 'COMPLETED');
    let next = newest!;
    expect(older.length).toBeGreaterThan(4);
    for (const checkpoint of older) {
      expect(next.triggeredAtMs - checkpoint.completedAtMs!).toBeGreaterThanOrEqual(8000);
      next = checkpoint;
    }
  });
});

describe('a checkpoint', () => {
  it('is complete when the last subtask has acknowledged, and lists its files', async () => {
    const h = await running();
    await h.time.advance(11_000);
    const [checkpoint] = history(h);
    expect(checkpoint).toMatchObject({ id: 1, status: 'COMPLETED', type: 'checkpoint' });
    expect(checkpoint!.path).toBe(`/checkpoints/${JOB_ID}/chk-1`);
    expect(checkpoint!.tasks.flatMap(({ subtasks }) => subtasks)).toHaveLength(4);
    expect(checkpoint!.tasks[0]!.subtasks[0]!.snapshot).toMatchObject({ stateBytes: 10 });
    expect(h.record!.checkpoints).toEqual([{ id: 1, path: checkpoint!.path, isSavepoint: false }]);
    expect(h.storage.paths).toEqual([`checkpoints/${JOB_ID}/chk-1/_metadata`]);
  });

  it('expires, names who is missing, and late acknowledgements change nothing', async () => {
    const h = await running({ ...EVERY_10_S, ...TOLERANT, [`${PREFIX}.timeout`]: '5 s' });
    h.script.onTrigger = (_id, task) => (task.subtask === 0 ? 'acknowledge' : 'nothing');
    await h.time.advance(9000);
    expect(h.sentTypes()).toEqual(['deploy', 'triggerCheckpoint 1']);
    await h.time.advance(6000);
    expect(h.sentTypes()).toContain('notifyCheckpointAborted 1');
    const folder = `/checkpoints/${JOB_ID}/chk-1`;
    const first = history(h).find(({ id }) => id === 1)!;
    expect(first.failure).toBe(
      'checkpoint 1 expired after 5000 ms, not acknowledged by source (1 of 2), sink (1 of 2)',
    );
    h.script.writeFile = (path) => void h.storage.replace(path, new Uint8Array(1));
    for (const task of h.taskManager.tasks) h.taskManager.acknowledge(task, 1, folder);
    await h.time.advance(50);
    expect(h.outcomes().get(1)).toEqual(['FAILED']);
    expect(h.storage.paths.filter((path) => path.includes('chk-1/'))).toEqual([]);
  });

  it('fails when a subtask declines it; the others are told', async () => {
    const h = await running({ ...EVERY_10_S, ...TOLERANT });
    h.script.onTrigger = (_id, task) => (task.subtask === 1 ? 'decline' : 'acknowledge');
    await h.time.advance(11_000);
    expect(h.sentTypes().slice(1, 3)).toEqual(['triggerCheckpoint 1', 'notifyCheckpointAborted 1']);
    expect(history(h).at(-1)!.failure).toMatch(/\(2\/2\) declined checkpoint 1: the disk is full/);
    expect([...h.outcomes().values()].every((ends) => ends.length === 1)).toBe(true);
  });

  it('that can not be written fails, and nobody commits', async () => {
    const h = await running({ ...EVERY_10_S, ...TOLERANT });
    h.storage.fault = (operation) => {
      if (operation === 'publishIfAbsent') throw new WeirError('STORAGE_FAILED', 'no space');
    };
    await h.time.advance(11_000);
    expect(h.outcomes().get(1)).toEqual(['FAILED']);
    expect(h.sentTypes()).not.toContain('notifyCheckpointComplete 1');
    expect(history(h).at(-1)!.failure).toMatch(/could not be made durable: no space/);
  });

  it('whose record can not be written fails, and the one before stays the way back', async () => {
    const h = await running({ ...EVERY_10_S, ...TOLERANT });
    await h.time.advance(11_000);
    h.onSave = ({ checkpoints }) => {
      if (checkpoints.at(-1)!.id !== 1) throw new WeirError('STORAGE_FAILED', 'no space');
    };
    await h.time.advance(10_000);
    expect(h.outcomes().get(2)).toEqual(['FAILED']);
    h.taskManager.failTask(h.taskManager.tasks[0]!);
    await h.time.advance(3000);
    expect(h.taskManager.deployment!.restoredCheckpointId).toBe(1);
  });

  it('makes older ones that still wait pointless', async () => {
    const h = await running({ ...EVERY_10_S, [`${PREFIX}.max-concurrent-checkpoints`]: '2' });
    h.script.onTrigger = (id) => (id === 1 ? 'nothing' : 'acknowledge');
    await h.time.advance(22_000);
    expect(h.outcomes().get(1)).toEqual(['FAILED']);
    expect(h.outcomes().get(2)).toEqual(['COMPLETED']);
    expect([h.status, h.taskManagers.length]).toEqual(['RUNNING', 1]);
  });

  it('is given up by a failover, without counting as failed', async () => {
    const h = await running();
    h.script.onTrigger = () => 'nothing';
    await h.time.advance(11_000);
    h.taskManager.failTask(h.taskManager.tasks[0]!);
    await h.time.advance(3000);
    expect(h.outcomes().get(1)).toEqual(['FAILED']);
    expect([h.status, h.taskManagers.length]).toEqual(['RUNNING', 2]);
    expect(h.master.view().exceptions).toHaveLength(1);
  });

  it('whose metadata is being written is waited for by a failover', async () => {
    const h = await running();
    let publish = () => {};
    h.storage.fault = (operation) => {
      if (operation !== 'publishIfAbsent') return;
      return new Promise((resolve) => {
        publish = resolve;
      });
    };
    await h.time.advance(11_000);
    h.taskManager.failTask(h.taskManager.tasks[0]!);
    await h.time.advance(30_000);
    expect([h.status, h.taskManagers.length]).toEqual(['RESTARTING', 1]);
    publish();
    h.storage.fault = null;
    await h.time.advance(3000);
    expect(h.taskManager.deployment!.restoredCheckpointId).toBe(1);
    expect(h.sentTypes(h.taskManagers[0]!)).not.toContain('notifyCheckpointComplete 1');
  });
});

describe('tolerable failures', () => {
  it('fail the job with the first one too many in a row', async () => {
    const h = await running({ ...EVERY_10_S, [`${PREFIX}.tolerable-failed-checkpoints`]: '2' });
    const outcomes = [
      'decline',
      'decline',
      'acknowledge',
      'decline',
      'decline',
      'decline',
    ] as const;
    h.script.onTrigger = (id) => outcomes[id - 1] ?? 'acknowledge';
    await h.time.advance(50_000);
    expect([h.status, h.taskManagers.length]).toEqual(['RUNNING', 1]);
    await h.time.advance(12_000);
    expect(h.taskManagers).toHaveLength(2);
    expect(h.master.view().exceptions[0]!.error.message).toMatch(
      /^Exceeded checkpoint tolerable failure threshold.*the disk is full/,
    );
  });

  it('do not limit savepoints', async () => {
    const h = await running({});
    h.script.onTrigger = () => 'decline';
    for (let i = 0; i < 5; i++) {
      const seen = ignoring(h.master.triggerSavepoint(null));
      await h.time.advance(100);
      expect(seen.error).toMatchObject({ code: 'CHECKPOINT_DECLINED' });
    }
    expect([h.status, h.taskManagers.length]).toEqual(['RUNNING', 1]);
  });
});

describe('retention', () => {
  it('keeps so many, and deletes the others after they have left the record', async () => {
    const h = await running({ ...EVERY_10_S, [`${PREFIX}.num-retained`]: '2' });
    h.storage.fault = (operation, path) => {
      if (operation !== 'delete') return;
      expect(h.record!.checkpoints.some((kept) => kept.path === `/${path}`)).toBe(false);
    };
    await h.time.advance(60_000);
    const ids = h.record!.checkpoints.map(({ id }) => id);
    expect(ids).toEqual([5, 6]);
    expect(h.storage.paths).toEqual(ids.map((id) => `checkpoints/${JOB_ID}/chk-${id}/_metadata`));
    expect(history(h).map(({ discarded }) => discarded)).toEqual([
      false,
      false,
      true,
      true,
      true,
      true,
    ]);
  });

  it('a file that can not be deleted is reported and costs nothing else', async () => {
    const h = await running();
    h.storage.fault = (operation) => {
      if (operation === 'delete') throw new WeirError('STORAGE_FAILED', 'busy');
    };
    await h.time.advance(40_000);
    expect(h.status).toBe('RUNNING');
    const logs = h.events.flatMap((event) => (event.type === 'log' ? [event.entry.text] : []));
    expect(logs[0]).toMatch(/could not delete .*chk-1: busy/);
  });
});

describe('savepoints', () => {
  it('go where they are asked to, commit nothing and are not used for recovery', async () => {
    const h = await running();
    await h.time.advance(11_000);
    const seen = ignoring(h.master.triggerSavepoint('file:///mine'));
    await h.time.advance(100);
    expect(seen.value).toMatch(/^\/mine\/savepoint-012345-/);
    expect(h.sentTypes()).not.toContain('notifyCheckpointComplete 2');
    h.taskManager.failTask(h.taskManager.tasks[0]!);
    await h.time.advance(3000);
    expect(h.taskManager.deployment!.restoredCheckpointId).toBe(1);
    await h.time.advance(50_000);
    expect(h.storage.paths).toContain(`${seen.value!.slice(1)}/_metadata`);
  });

  it('go to the configured folder otherwise', async () => {
    const h = await running({ [`${PREFIX}.savepoint-dir`]: '/configured' });
    const seen = ignoring(h.master.triggerSavepoint(null));
    await h.time.advance(100);
    expect(seen.value).toMatch(/^\/configured\/savepoint-/);
  });

  it('do not hold up periodic checkpoints, and are not made pointless by them', async () => {
    const h = await running();
    h.script.onTrigger = (id) => (id === 1 ? 'nothing' : 'acknowledge');
    const seen = ignoring(h.master.triggerSavepoint(null));
    await h.time.advance(50_000);
    expect(h.record!.checkpoints.at(-1)!.id).toBeGreaterThan(3);
    const folder = h.taskManager.sent.find((message) => message.type === 'triggerCheckpoint')!;
    for (const task of h.taskManager.tasks) h.taskManager.acknowledge(task, 1, folder.folder);
    await h.time.advance(100);
    expect(seen.value).toBe(folder.folder);
  });

  it.each([
    ['before all tasks run', /not all tasks are running: source \(1\) is INITIALIZING/],
    ['after all input was processed', /has had its last checkpoint/],
  ])('are refused %s', async (when, message) => {
    const h = new JobHarness();
    h.script.starts = when.startsWith('after');
    await h.submit(pipeline(TWO_VERTICES));
    if (h.script.starts) {
      h.script.onTrigger = () => 'nothing';
      h.taskManager.drain();
      await h.time.advance(100);
    }
    await expect(h.master.triggerSavepoint(null)).rejects.toThrow(message);
  });

  it('need an absolute folder', async () => {
    const h = await running();
    await expect(h.master.triggerSavepoint('here')).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
    });
  });
});

describe('a checkpoint by hand', () => {
  it('is one like the others', async () => {
    const h = await running({});
    const seen = ignoring(h.master.triggerCheckpoint());
    await h.time.advance(100);
    expect(seen.value).toEqual({ id: 1, path: `/checkpoints/${JOB_ID}/chk-1` });
    expect(h.record!.checkpoints).toHaveLength(1);
  });
});

describe('history', () => {
  it('is bounded but never loses the latest of each kind', async () => {
    const h = await running({ ...EVERY_10_S, ...TOLERANT });
    const seen = ignoring(h.master.triggerSavepoint(null));
    h.script.onTrigger = (id) => (id === 2 ? 'decline' : 'acknowledge');
    await h.time.advance(2_000_000);
    const list = history(h);
    expect(list.length).toBeLessThan(30);
    expect(list.some(({ path }) => path === seen.value)).toBe(true);
    expect(list.filter(({ status }) => status === 'FAILED').map(({ id }) => id)).toEqual([2]);
    expect(h.master.view().checkpoints.counts).toMatchObject({ failed: 1, inProgress: 0 });
  });
});
