import { WatermarkStrategy } from '@weir/core';
import { idOf, MemoryStorage, Numbers, type RigJob, SlotRig, type Sum, Sums } from '@weir/testing';
import { describe, expect, it } from 'vitest';
import { mapFactory } from '../operators/map.ts';
import { reduceFactory } from '../operators/reduce.ts';
import { sinkFactory } from '../operators/sink.ts';
import { sourceFactory } from '../operators/source.ts';
import type { OperatorFactory, StreamOperator } from '../operators/stream-operator.ts';

type Mode = 'EXACTLY_ONCE' | 'AT_LEAST_ONCE';

const END = 3000;
const FIRST = 900;
const sumBelow = (end: number): number => (end * (end - 1)) / 2;

/** Lets everything pass, but the second subtask keeps its barriers back until it is let go. */
class SlowBarrier {
  readonly #released = Promise.withResolvers<void>();

  release(): void {
    this.#released.resolve();
  }

  factory(): OperatorFactory {
    const map = mapFactory((value: number): Sum => ({ key: 0, sum: value }));
    return {
      create: () => {
        const operator: StreamOperator = map.create();
        let subtask = 0;
        const open = operator.open.bind(operator);
        operator.open = (context) => {
          subtask = context.taskInfo.subtaskIndex;
          return open(context);
        };
        operator.prepareSnapshot = () => (subtask === 1 ? this.#released.promise : undefined);
        return operator;
      },
    };
  }
}

/** Two readers into one sum, so that its gate sees two barriers of which one comes late. */
function jobOf(mode: Mode, source: Numbers, sink: Sums, barrier: SlowBarrier, seen: number[]) {
  const watermarks = WatermarkStrategy.noWatermarks<number>();
  const keySelector = (row: Sum): number => row.key;
  const fn = (left: Sum, right: Sum): Sum => {
    seen.push(right.sum);
    return { key: left.key, sum: left.sum + right.sum };
  };
  return {
    vertices: [
      {
        name: 'read',
        parallelism: 2,
        operators: [
          { name: 'numbers', factory: sourceFactory({ source, watermarks }) },
          { name: 'parse', factory: barrier.factory() },
        ],
      },
      {
        name: 'sum',
        parallelism: 1,
        operators: [
          {
            name: 'reduce',
            factory: reduceFactory({ fn, keySelector, keyType: null, valueType: null }),
          },
          { name: 'sink', factory: sinkFactory({ sink }) },
        ],
      },
    ],
    edges: [{ from: 'read', to: 'sum', strategy: 'HASH', keySelector }],
    slots: 2,
    configuration: { 'execution.checkpointing.mode': mode },
  } satisfies RigJob;
}

/** Crosses a checkpoint whose second barrier is late, crashes, restores and runs to the end. */
async function crossing(mode: Mode): Promise<{ seenWhileWaiting: number; total: number }> {
  const storage = new MemoryStorage();
  const source = new Numbers(END, FIRST);
  const barrier = new SlowBarrier();
  const seen: number[] = [];
  const rig = new SlotRig({ ...jobOf(mode, source, new Sums(), barrier, seen), storage });
  // The first number of a key is not reduced.
  await rig.until(() => seen.length === FIRST - 1);
  rig.trigger(1);
  const acknowledged = (vertex: string): number =>
    rig.all('acknowledge').filter(({ vertexId }) => vertexId === idOf(vertex)).length;
  await rig.until(() => acknowledged('read') === 1);
  source.letThrough(END);
  // More than enough turns to take in whatever the gate lets through.
  let turns = 300;
  await rig.until(() => turns-- === 0);
  const seenWhileWaiting = seen.length - (FIRST - 1);
  expect(acknowledged('sum')).toBe(0);
  barrier.release();
  const restore = await rig.completed(1);
  rig.send({ type: 'cancel' });
  await rig.ended;

  const sink = new Sums();
  const late = new SlowBarrier();
  late.release();
  const job = jobOf(mode, new Numbers(END), sink, late, []);
  await new SlotRig({ ...job, storage, restore }).finish(2);
  return { seenWhileWaiting, total: sink.total };
}

describe('a barrier that comes late', () => {
  it('holds the other channels back when a record is to count exactly once', async () => {
    const { seenWhileWaiting, total } = await crossing('EXACTLY_ONCE');
    expect(seenWhileWaiting).toBe(0);
    expect(total).toBe(sumBelow(END));
  });

  it('holds nobody back at least once, and what passed it counts twice after a crash', async () => {
    const { seenWhileWaiting, total } = await crossing('AT_LEAST_ONCE');
    expect(seenWhileWaiting).toBeGreaterThan(0);
    expect(total).toBeGreaterThan(sumBelow(END));
  });
});
