import { WatermarkStrategy } from '@weir/core';
import { idOf, Numbers, type RigJob, SlotRig, type Sum, Sums } from '@weir/testing';
import { describe, expect, it } from 'vitest';
import { mapFactory } from '../operators/map.ts';
import { reduceFactory } from '../operators/reduce.ts';
import { sinkFactory } from '../operators/sink.ts';
import { sourceFactory } from '../operators/source.ts';
import { LatencyHistory } from './latency-statistics.ts';

const OPEN = 300;

function jobOf(source: Numbers, configuration: Readonly<Record<string, string>>): RigJob {
  const watermarks = WatermarkStrategy.noWatermarks<number>();
  const keySelector = (row: Sum): number => row.key;
  const fn = (left: Sum, right: Sum): Sum => ({ key: left.key, sum: left.sum + right.sum });
  const parse = (value: number): Sum => ({ key: value % 7, sum: value });
  const reduce = { fn, keySelector, keyType: null, valueType: null };
  return {
    vertices: [
      {
        name: 'read',
        parallelism: 2,
        operators: [
          { name: 'numbers', factory: sourceFactory({ source, watermarks }) },
          { name: 'parse', factory: mapFactory(parse) },
        ],
      },
      {
        name: 'sum',
        parallelism: 2,
        operators: [
          { name: 'reduce', factory: reduceFactory(reduce) },
          { name: 'sink', factory: sinkFactory({ sink: new Sums() }) },
        ],
      },
    ],
    edges: [{ from: 'read', to: 'sum', strategy: 'HASH', keySelector }],
    slots: 2,
    configuration,
  };
}

/** Latency metrics of all operators by `operator/subtask`, the p99 of each. */
async function latenciesAfter(
  seconds: number,
  configuration: Readonly<Record<string, string>>,
): Promise<Map<string, number>> {
  const source = new Numbers(OPEN + 1, OPEN);
  const rig = new SlotRig(jobOf(source, configuration));
  const names = ['numbers', 'parse', 'reduce', 'sink'];
  await rig.until(() => rig.states('sum', 1).includes('RUNNING'));
  for (let i = 0; i < seconds * 10; i++) await rig.time.advance(100);
  source.letThrough(OPEN + 1);
  await rig.finish(1);
  const found = new Map<string, number>();
  rig.metrics.forEach((memory, slot) => {
    const values = new Float64Array(memory);
    const layouts = rig.all('metricsLayout').map(({ layout }) => layout.series);
    const own = layouts.findLast((series) => series.every(({ subtask }) => subtask === slot));
    own!.forEach(({ name, operatorId, subtask }, position) => {
      const operator = names.find((one) => idOf(one) === operatorId)!;
      const id =
        `latency.source_id.${idOf('numbers')}.operator_id.${operatorId}` +
        `.operator_subtask_index.${subtask}.latency_p99`;
      if (name === id) found.set(`${operator}/${subtask}`, values[position]!);
    });
  });
  return found;
}

describe('latency markers', () => {
  it('are measured by every operator behind the source, in every subtask', async () => {
    const found = await latenciesAfter(3, { 'metrics.latency.interval': '500 ms' });
    const all = ['parse', 'reduce', 'sink'].flatMap((name) => [`${name}/0`, `${name}/1`]);
    expect([...found.keys()].sort()).toEqual(all.sort());
    for (const latency of found.values()) {
      expect(latency).toBeGreaterThanOrEqual(0);
      expect(latency).toBeLessThan(1000);
    }
  });

  it('are not there unless they are asked for', async () => {
    expect(await latenciesAfter(3, {})).toEqual(new Map());
  });
});

describe('LatencyHistory', () => {
  it('knows nothing before the first value', () => {
    expect(new LatencyHistory(4).read('p99')).toBeNaN();
  });

  it('gives statistics of the latest values', () => {
    const history = new LatencyHistory(100);
    for (let ms = 1000; ms > 0; ms--) history.add(ms);
    expect(history.read('min')).toBe(1);
    expect(history.read('max')).toBe(100);
    expect(history.read('mean')).toBe(50.5);
    expect(history.read('median')).toBe(50.5);
    expect(history.read('p95')).toBeCloseTo(95.95);
    expect(history.read('p99')).toBeCloseTo(99.99);
    history.add(7000);
    expect(history.read('max')).toBe(7000);
  });
});
