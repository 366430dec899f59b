import type { VertexId } from '@weir/core';
import type { JobGraph, ShipStrategy } from '@weir/graph';
import { describe, expect, test } from 'vitest';
import { FLOATING_SEGMENTS, planExchange, SEGMENT_BYTES } from './exchange-plan.ts';

function plan(strategy: ShipStrategy, parallelism: number, slots: number, segmentBytes?: number) {
  const vertices = ['a', 'b'].map((id) => ({
    id: id as VertexId,
    name: id,
    operators: [],
    parallelism,
    maxParallelism: 128,
    slotSharingGroup: 'default',
  }));
  const [source, target] = vertices;
  const edge = { index: 0, sourceOperator: 0, targetInput: 0, strategy, outputTag: null };
  const graph: JobGraph = {
    name: 'test',
    vertices,
    edges: [{ ...edge, source: source!.id, target: target!.id }],
    configuration: {},
    args: [],
    submittedAtMs: 0,
  };
  const tasks = vertices.flatMap(({ id }) =>
    Array.from({ length: parallelism }, (_, subtask) => ({
      vertexId: id,
      subtask,
      slot: subtask % slots,
    })),
  );
  return planExchange(graph, tasks, slots, segmentBytes);
}

describe('exchange plan', () => {
  test('FORWARD within slots needs no memory', () => {
    const { channelCount, segmentCount, pairs } = plan('FORWARD', 4, 4);
    expect({ channelCount, segmentCount, pairs }).toEqual({
      channelCount: 4,
      segmentCount: 0,
      pairs: [],
    });
  });

  test('a slot owns what its credits add up to, and mailboxes hold all of it', () => {
    const { owners, pairs, segmentBytes, pool, segmentCount } = plan('HASH', 4, 2);
    const perSlot = 2 * 2 + 2 * FLOATING_SEGMENTS;
    expect(owners).toEqual([
      { firstSegment: 0, segmentCount: perSlot },
      { firstSegment: perSlot, segmentCount: perSlot },
    ]);
    expect(pairs.map(({ from, to }) => [from, to])).toEqual([
      [0, 1],
      [1, 0],
    ]);
    for (const { capacity } of pairs) {
      expect(capacity).toBeGreaterThanOrEqual(perSlot);
      expect(Math.log2(capacity) % 1).toBe(0);
    }
    expect(segmentBytes).toBe(SEGMENT_BYTES);
    expect(pool.byteLength).toBe(segmentCount * SEGMENT_BYTES);
  });

  test('segments shrink as channels grow in number', () => {
    expect(plan('HASH', 24, 24).segmentBytes).toBe(8 * 1024);
    expect(plan('HASH', 72, 72).segmentBytes).toBe(4 * 1024);
    expect(plan('HASH', 24, 24, 2048).segmentBytes).toBe(2048);
  });

  test('no region of the control memory is used twice', () => {
    const { pairs, slots, control } = plan('HASH', 6, 3);
    const regions = pairs.flatMap((pair) => [
      { at: pair.mailboxTailAt, cells: 1 },
      { at: pair.mailboxAt, cells: pair.capacity },
      { at: pair.returnTailAt, cells: 1 },
      { at: pair.returnAt, cells: pair.capacity },
    ]);
    regions.push({ at: 0, cells: slots * 128 });
    regions.sort((left, right) => left.at - right.at);
    regions.forEach(({ at, cells }, i) => {
      const next = regions[i + 1]?.at ?? control.byteLength / 4;
      expect(at + cells).toBeLessThanOrEqual(next);
    });
  });

  test('refuses what can not work, and says what to change', () => {
    const invalid = expect.objectContaining({ code: 'CONFIG_INVALID' }) as unknown as Error;
    expect(() => plan('HASH', 2, 2, 100)).toThrow(invalid);
    expect(() => plan('HASH', 64, 64, 2 ** 31)).not.toThrow();
    expect(() => plan('HASH', 8, 8, 2 ** 28)).toThrow(invalid);
  });
});
