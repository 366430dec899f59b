import { OutputTag, WatermarkStrategy } from '@weir/core';
import {
  MemoryStorage,
  Numbers,
  type RigCheckpoint,
  type RigJob,
  SlotRig,
  type Sum,
  Sums,
} from '@weir/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mapFactory } from '../operators/map.ts';
import { sinkFactory } from '../operators/sink.ts';
import { sourceFactory } from '../operators/source.ts';
import { windowFactory } from '../operators/window.ts';

const END = 3000;
const SIZE_MS = 500;

/** Sums of numbers by window and remainder; the number is its own time. */
function jobOf(source: Numbers, sink: Sums, over: Partial<RigJob>, parallelism: number): RigJob {
  const watermarks = WatermarkStrategy.forBoundedOutOfOrderness<number>(END)
    .withTimestampAssigner((value) => value)
    .withEmission({ everyRecords: 100 });
  const keySelector = (row: Sum): number => row.key;
  const windows = windowFactory<Sum, number>({
    assigner: { kind: 'tumbling', timeDomain: 'EVENT_TIME', sizeMs: SIZE_MS, offsetMs: 0 },
    keySelector,
    keyType: null,
    allowedLatenessMs: 0,
    lateTag: new OutputTag<Sum>('late'),
    function: {
      kind: 'reduce',
      reduce: (left, right) => ({ key: left.key, sum: left.sum + right.sum }),
      accumulatorType: null,
      process: null,
    },
  });
  const parse = mapFactory((value: number): Sum => {
    return { key: Math.floor(value / SIZE_MS) * 10 + (value % 4), sum: value };
  });
  return {
    vertices: [
      {
        name: 'read',
        parallelism,
        operators: [
          { name: 'numbers', factory: sourceFactory({ source, watermarks }) },
          { name: 'parse', factory: parse },
        ],
      },
      { name: 'window', parallelism, operators: [{ name: 'windows', factory: windows }] },
      {
        name: 'write',
        parallelism: 1,
        operators: [{ name: 'sink', factory: sinkFactory({ sink }) }],
      },
    ],
    edges: [
      { from: 'read', to: 'window', strategy: 'HASH', keySelector },
      { from: 'window', to: 'write', strategy: 'REBALANCE' },
    ],
    slots: 2,
    ...over,
  };
}

const attempts = fc.array(
  fc.record({
    parallelism: fc.integer({ min: 1, max: 4 }),
    /** How far the source gets before the checkpoint, and before the crash. */
    until: fc.nat(END),
    beyond: fc.nat(500),
    turns: fc.nat(5),
    type: fc.constantFrom('checkpoint' as const, 'savepoint' as const, 'none' as const),
  }),
  { maxLength: 4 },
);

describe('crashes and restores', () => {
  it('at any moment and any parallelism, every number counts exactly once', async () => {
    await fc.assert(
      fc.asyncProperty(
        attempts,
        fc.integer({ min: 1, max: 4 }),
        async (crashes, lastParallelism) => {
          const storage = new MemoryStorage();
          const sink = new Sums();
          let restore: RigCheckpoint | undefined;
          let checkpointId = 0;
          const place = () => ({ storage, ...(restore === undefined ? {} : { restore }) });
          for (const { parallelism, until, beyond, turns, type } of crashes) {
            const source = new Numbers(END, until);
            const rig = new SlotRig(jobOf(source, sink, place(), parallelism));
            await rig.until(() => rig.states('read').includes('RUNNING'));
            if (type !== 'none') restore = await rig.checkpoint(++checkpointId, type);
            source.letThrough(until + beyond);
            rig.trigger(++checkpointId);
            let left = turns;
            await rig.until(() => left-- === 0);
            rig.send({ type: 'cancel' });
            await rig.ended;
            storage.crash();
          }
          const rig = new SlotRig(jobOf(new Numbers(END), sink, place(), lastParallelism));
          await rig.finish(++checkpointId);
          expect(sink.total).toBe((END * (END - 1)) / 2);
          expect(sink.committed.size).toBe((END / SIZE_MS) * 4);
        },
      ),
      { numRuns: 25 },
    );
  });
});
