import { type SourceContext, WatermarkStrategy, WeirError } from '@weir/core';
import { idOf, MemoryStorage, Numbers, type RigJob, SlotRig, type Sum, Sums } from '@weir/testing';
import { describe, expect, it } from 'vitest';
import { asyncFactory } from '../operators/async.ts';
import { mapFactory } from '../operators/map.ts';
import { reduceFactory } from '../operators/reduce.ts';
import { sinkFactory } from '../operators/sink.ts';
import { sourceFactory } from '../operators/source.ts';

const KEYS = 7;
const sumBelow = (end: number): number => (end * (end - 1)) / 2;

function jobOf(
  source: Numbers,
  sink: Sums,
  over: Partial<RigJob> & { parallelism?: number; parse?: (value: number) => Sum } = {},
): RigJob {
  const { parallelism = 2 } = over;
  const parse = over.parse ?? ((value) => ({ key: value % KEYS, sum: value }));
  const add = (left: Sum, right: Sum): Sum => ({ key: left.key, sum: left.sum + right.sum });
  const keySelector = (row: Sum): number => row.key;
  const reduce = { fn: add, keySelector, keyType: null, valueType: null };
  const watermarks = WatermarkStrategy.noWatermarks<number>();
  return {
    vertices: [
      {
        name: 'read',
        parallelism,
        operators: [
          { name: 'numbers', factory: sourceFactory({ source, watermarks }) },
          { name: 'parse', factory: mapFactory(parse), origin: 'task/slot-runtime.test.ts:1' },
        ],
      },
      {
        name: 'sum',
        parallelism,
        operators: [
          { name: 'reduce', factory: reduceFactory(reduce) },
          { name: 'sink', factory: sinkFactory({ sink }) },
        ],
      },
    ],
    edges: [{ from: 'read', to: 'sum', strategy: 'HASH', keySelector }],
    slots: 2,
    ...over,
  };
}

async function cancelled(rig: SlotRig): Promise<void> {
  rig.send({ type: 'cancel' });
  await rig.ended;
}

describe('a bounded job in two slots', () => {
  it('runs to its end, commits with the final checkpoint, and finishes', async () => {
    const sink = new Sums();
    const rig = new SlotRig(jobOf(new Numbers(20_000), sink));
    await rig.finish(1);
    expect(sink.total).toBe(sumBelow(20_000));
    expect(rig.states('read', 1)).toEqual(['INITIALIZING', 'RUNNING', 'FINISHED']);
    expect(rig.states('sum', 0)).toEqual(['INITIALIZING', 'RUNNING', 'FINISHED']);
    expect(sink.closed).toBe(2);
  });

  it('freezes what is emitted, and names the line that changes it', async () => {
    const sink = new Sums();
    const kept: Sum[] = [];
    const parse = (value: number): Sum => {
      const before = kept.pop() as { sum: number } | undefined;
      if (before !== undefined) before.sum = 0;
      kept.push({ key: 1, sum: value });
      return kept[0]!;
    };
    const configuration = { 'weir.verify': 'true' };
    const rig = new SlotRig(jobOf(new Numbers(2000), sink, { parse, configuration }));
    await rig.until(() => rig.states('read').includes('FAILED'));
    await cancelled(rig);
    const failed = rig.all('taskState').find(({ state }) => state === 'FAILED');
    expect(failed?.error?.message).toMatch(/map "parse" failed at task\/slot-runtime.test.ts:\d+/);
  });
});

describe('the most frequent keys', () => {
  it('are told once by each keyed subtask, when they are asked for', async () => {
    const parse = (value: number): Sum => ({ key: value % 10 < 6 ? 3 : value % KEYS, sum: value });
    const rig = new SlotRig(jobOf(new Numbers(200_000, 100_000), new Sums(), { parse }));
    await rig.until(() => rig.states('sum', 1).includes('RUNNING'));
    expect(rig.all('frequentKeys')).toEqual([]);
    rig.send({ type: 'sampleKeys', vertexId: idOf('sum'), forMs: 1000 });
    while (rig.all('frequentKeys').length < 2) await rig.time.advance(1000);
    const [busiest] = rig.all('frequentKeys').sort((a, b) => b.records - a.records);
    const [hot, next] = busiest!.keys;
    expect(hot).toMatchObject({ text: '3' });
    expect(hot!.share).toBeGreaterThan(0.6);
    expect(next!.share).toBeLessThan(0.2);
    await cancelled(rig);
    expect(rig.all('frequentKeys')).toHaveLength(2);
  });
});

describe('a checkpoint', () => {
  it.each([1, 3, 5])('restores exactly once at parallelism %i', async (parallelism) => {
    const storage = new MemoryStorage();
    const sink = new Sums();
    const first = new Numbers(5000, 3000);
    const rig = new SlotRig(jobOf(first, sink, { storage }));
    await rig.until(() => rig.states('read').includes('RUNNING'));
    await rig.checkpoint(1);
    first.letThrough(4000);
    const restore = await rig.checkpoint(2);
    first.letThrough(4500);
    await cancelled(rig);
    expect(rig.states('sum')).toEqual(['INITIALIZING', 'RUNNING', 'CANCELING', 'CANCELED']);

    const over = { parallelism, storage, restore, slots: Math.min(parallelism, 2) };
    const second = new SlotRig(jobOf(new Numbers(5000), sink, over));
    await second.finish(3);
    expect(sink.total).toBe(sumBelow(5000));
  });

  it('reports its phases and the operators that have state', async () => {
    const rig = new SlotRig(jobOf(new Numbers(300, 200), new Sums()));
    await rig.checkpoint(1);
    await cancelled(rig);
    const [sum] = rig.all('acknowledge').filter(({ vertexId }) => vertexId === idOf('sum'));
    expect(sum?.snapshot.operatorIds).toContain(idOf('reduce'));
    expect(sum?.snapshot.stateBytes).toBeGreaterThan(0);
    expect(sum?.snapshot.file?.path).toBe(`/checkpoints/1/${idOf('sum')}-${sum?.subtask}`);
    expect(sum?.snapshot.syncMs).toBeGreaterThan(0);
    expect(sum?.snapshot.asyncMs).toBeGreaterThan(0);
  });

  it('is declined when its file can not be written, and the job goes on', async () => {
    const storage = new MemoryStorage();
    const sink = new Sums();
    const rig = new SlotRig(jobOf(new Numbers(3000), sink, { storage }));
    storage.fault = (operation) => {
      if (operation === 'replace') throw new WeirError('STORAGE_FAILED', 'disk full');
    };
    rig.trigger(1);
    await rig.until(() => rig.all('decline').length === 4);
    expect(rig.all('decline')[0]?.error.message).toBe('disk full');
    rig.send({ type: 'notifyCheckpointAborted', checkpointId: 1 });
    storage.fault = null;
    await rig.finish(2);
    expect(sink.total).toBe(sumBelow(3000));
  });

  it('that is aborted while a sink flushes is forgotten', async () => {
    const sink = new Sums();
    const flushed = Promise.withResolvers<void>();
    sink.flushing = flushed.promise;
    const rig = new SlotRig(jobOf(new Numbers(3000), sink));
    rig.trigger(1);
    await rig.until(() => rig.all('acknowledge').length === 2);
    rig.send({ type: 'notifyCheckpointAborted', checkpointId: 1 });
    flushed.resolve();
    await rig.finish(2);
    expect(rig.all('acknowledge').filter((m) => m.vertexId === idOf('sum'))).toHaveLength(2);
    expect(sink.total).toBe(sumBelow(3000));
  });
});

describe('stopping with a savepoint', () => {
  it('emits nothing after the barrier, finishes, and goes on from there', async () => {
    const storage = new MemoryStorage();
    const sink = new Sums();
    const rig = new SlotRig(jobOf(new Numbers(9000, 4000), sink, { storage }));
    const restore = await rig.checkpoint(1, 'stop');
    await rig.ended;
    expect(rig.states('read').at(-1)).toBe('FINISHED');
    expect(rig.states('sum', 1).at(-1)).toBe('FINISHED');
    const second = new SlotRig(jobOf(new Numbers(9000), sink, { storage, restore }));
    await second.finish(2);
    expect(sink.total).toBe(sumBelow(9000));
  });

  it('goes on when the savepoint is given up', async () => {
    const storage = new MemoryStorage();
    const sink = new Sums();
    const rig = new SlotRig(jobOf(new Numbers(4000), sink, { storage }));
    storage.fault = () => {
      throw new WeirError('STORAGE_FAILED', 'no such bucket');
    };
    rig.trigger(1, 'stop');
    await rig.until(() => rig.all('decline').length > 0);
    rig.send({ type: 'notifyCheckpointAborted', checkpointId: 1 });
    storage.fault = null;
    await rig.finish(2);
    expect(sink.total).toBe(sumBelow(4000));
  });

  it('drains: event time ends and every task is drained before the barrier', async () => {
    const sink = new Sums();
    const rig = new SlotRig(jobOf(new Numbers(9000, 300), sink));
    await rig.until(() => rig.states('read').includes('RUNNING'));
    await rig.checkpoint(1, 'drain');
    await rig.ended;
    expect(rig.all('drained')).toHaveLength(4);
    expect(rig.states('sum').at(-1)).toBe('FINISHED');
  });
});

describe('failures', () => {
  it('name operator, file and line, and leave other tasks to the server', async () => {
    const parse = (value: number): Sum => {
      if (value === 41) throw new TypeError('41 is no good');
      return { key: 1, sum: value };
    };
    const rig = new SlotRig(jobOf(new Numbers(9000), new Sums(), { parse }));
    await rig.until(() => rig.all('taskState').some(({ state }) => state === 'FAILED'));
    await cancelled(rig);
    const failed = rig.all('taskState').filter(({ state }) => state === 'FAILED');
    expect(failed).toHaveLength(1);
    expect(failed[0]?.error).toMatchObject({
      code: 'USER_FUNCTION_FAILED',
      context: { operator: 'parse', subtask: 0 },
      cause: { name: 'TypeError' },
    });
    expect(failed[0]?.error?.message).toMatch(
      /^map "parse" failed at task\/slot-runtime\.test\.ts:\d+: 41 is no good$/,
    );
    expect(rig.states('sum').at(-1)).toBe('CANCELED');
  });

  it('name the operator that the bundle no longer has', async () => {
    const rig = new SlotRig(jobOf(new Numbers(9), new Sums(), { withoutBindings: ['parse'] }));
    await rig.ended;
    const failed = rig.all('taskState').find(({ state }) => state === 'FAILED');
    expect(failed?.error?.code).toBe('JOB_DEFINITION_NOT_DETERMINISTIC');
    expect(failed?.error?.message).toContain('parse');
  });

  it('of a flush fail the task: a later checkpoint would lose its rows', async () => {
    const sink = new Sums();
    const rig = new SlotRig(jobOf(new Numbers(900, 300), sink));
    await rig.until(() => rig.states('sum').includes('RUNNING'));
    sink.flushing = Promise.reject(new Error('connection reset'));
    sink.flushing.catch(() => undefined);
    rig.trigger(1);
    await rig.until(() => rig.all('taskState').some(({ state }) => state === 'FAILED'));
    await cancelled(rig);
    const failed = rig.all('taskState').find(({ state }) => state === 'FAILED');
    expect(failed?.error?.message).toContain('connection reset');
  });

  it('a task that hangs while it opens can be cancelled', async () => {
    const fn = {
      open: () => new Promise<void>(() => undefined),
      map: (value: number): Sum => ({ key: 1, sum: value }),
    };
    const job = jobOf(new Numbers(9), new Sums());
    const [read, sum] = job.vertices;
    const operators = [read!.operators[0]!, { name: 'parse', factory: mapFactory(fn) }];
    const rig = new SlotRig({ ...job, vertices: [{ ...read!, operators }, sum!] });
    await rig.until(() => rig.states('read').includes('INITIALIZING'));
    await cancelled(rig);
    expect(rig.states('read')).toEqual(['INITIALIZING', 'CANCELING', 'CANCELED']);
  });
});

describe('asynchronous calls', () => {
  it('are answered before the end; those in flight are made again after a restore', async () => {
    const storage = new MemoryStorage();
    const sink = new Sums();
    const waiting: Array<() => void> = [];
    const asyncJob = (source: Numbers, call: (row: Sum) => Promise<Sum>, over: Partial<RigJob>) => {
      const job = jobOf(source, sink, { storage, ...over });
      const [read, sum] = job.vertices;
      const fn = { fn: call, mode: 'unordered', capacity: 10, timeoutMs: null } as const;
      const factory = asyncFactory({ ...fn, callSite: 'rates', inputType: null });
      const operators = [...read!.operators, { name: 'rates', factory }];
      return { ...job, vertices: [{ ...read!, operators }, sum!] };
    };
    const never = (row: Sum) => new Promise<Sum>((resolve) => waiting.push(() => resolve(row)));
    const rig = new SlotRig(asyncJob(new Numbers(600, 12), never, {}));
    await rig.until(() => waiting.length === 12);
    const restore = await rig.checkpoint(1);
    await cancelled(rig);
    expect(sink.total).toBe(0);

    const soon = async (row: Sum) => row;
    const second = new SlotRig(asyncJob(new Numbers(600), soon, { restore }));
    await second.finish(2);
    expect(sink.total).toBe(sumBelow(600));
  });
});

describe('a key selector that throws', () => {
  it('is told as an error of the operator that emits into the edge', async () => {
    const job = jobOf(new Numbers(90), new Sums());
    const keySelector = (): never => {
      throw new RangeError('no key');
    };
    const rig = new SlotRig({ ...job, edges: [{ ...job.edges[0]!, keySelector }] });
    await rig.until(() => rig.all('taskState').some(({ state }) => state === 'FAILED'));
    await cancelled(rig);
    const failed = rig.all('taskState').find(({ state }) => state === 'FAILED');
    expect(failed?.error?.message).toMatch(/^map "parse".*: .*no key/);
  });
});

describe('metrics', () => {
  it('count records and time per task, operator and edge', async () => {
    const rig = new SlotRig(jobOf(new Numbers(6000), new Sums(), { parallelism: 1, slots: 1 }));
    await rig.finish(1);
    const values = new Float64Array(rig.metrics[0]!);
    const { series } = rig.all('metricsLayout').at(-1)!.layout;
    const read = (name: string, vertex: string, operator: string | null = null): number =>
      values[
        series.findIndex(
          (s) =>
            s.name === name &&
            s.vertexId === idOf(vertex) &&
            s.operatorId === (operator === null ? null : idOf(operator)),
        )
      ]!;
    expect(read('numRecordsOut', 'read')).toBe(6000);
    expect(read('numRecordsIn', 'sum')).toBe(6000);
    expect(read('numRecordsIn', 'read', 'parse')).toBe(6000);
    expect(read('numRecordsOut', 'sum', 'reduce')).toBe(6000);
    expect(read('edge.0.records', 'read')).toBe(6000);
    expect(read('accumulateRunningTimeMs', 'read')).toBeGreaterThan(0);
    expect(read('turns', 'sum')).toBeGreaterThan(0);
    expect(read('numBytesIn', 'read')).toBe(0);
    expect(read('numBytesIn', 'sum')).toBe(read('edge.0.bytes', 'read'));
    expect(read('inputQueueBytes', 'sum')).toBe(0);
    // `Numbers` does not say how far it is behind; other operators have nothing to be behind of.
    expect(read('pendingRecords', 'read', 'numbers')).toBeNaN();
    expect(read('pendingMs', 'read', 'numbers')).toBeNaN();
    expect(read('pendingRecords', 'read', 'parse')).toBeUndefined();
  });
});

describe('the splits of a source', () => {
  class Reported extends Numbers {
    override createReader(context: SourceContext) {
      const reader = super.createReader(context);
      const splitReports = () =>
        reader.snapshotState(0).map(({ splitId, next }) => ({
          splitId,
          pendingRecords: Math.max(0, Math.ceil((this.end - next) / 3)),
          pendingMs: null,
          position: `number ${next}`,
          finished: next >= this.end,
        }));
      return Object.assign(reader, { splitReports });
    }
  }

  it('are sent while somebody looks at them, and not otherwise', async () => {
    const rig = new SlotRig(jobOf(new Reported(300, 30), new Sums()));
    await rig.checkpoint(1);
    await rig.time.advance(3000);
    await rig.checkpoint(2);
    expect(rig.all('splits')).toEqual([]);
    rig.send({ type: 'watchSplits', forMs: 60_000 });
    await rig.until(() => rig.all('splits').length === 2);
    const [first, second] = rig.all('splits').toSorted((a, b) => a.subtask - b.subtask);
    expect(first).toMatchObject({ vertexId: idOf('read'), subtask: 0, count: 2 });
    expect(first!.splits[0]).toMatchObject({
      splitId: 's0',
      pendingRecords: 90,
      position: 'number 30',
      watermarkMs: null,
    });
    expect(second).toMatchObject({ subtask: 1, count: 1, splits: [{ splitId: 's1' }] });
    while (rig.all('splits').length < 6) await rig.time.advance(1000);
    await cancelled(rig);
  });
});
