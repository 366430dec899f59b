import { SeededRandom } from '@weir/testing';
import { describe, expect, it } from 'vitest';
import { checkClick } from '../clicks/click.ts';
import { CLICKS_TOPIC, clickTraffic } from '../clicks/traffic.ts';
import { fraudTraffic } from '../fraud/traffic.ts';
import { checkTransaction } from '../fraud/transaction.ts';
import { STEP_MS, type Traffic, type TrafficRecord } from './traffic.ts';

const MINUTE = 60_000;

function records(traffic: Traffic, fromMs: number, toMs: number): TrafficRecord[] {
  const random = new SeededRandom(7);
  const all: TrafficRecord[] = [];
  for (let t = fromMs; t < toMs; t += STEP_MS) all.push(...traffic.step(t, () => random.next()));
  return all;
}

describe.each([
  ['fraud', fraudTraffic],
  ['clicks', clickTraffic],
])('traffic of %s', (_, traffic) => {
  it('has a burst each minute, and one partition that falls silent', () => {
    const burst = records(traffic(), 0, 8000).length / 8;
    const flat = records(traffic(), 10_000, 60_000).length / 50;
    expect(burst).toBeGreaterThan(8 * flat);
    const silent = records(traffic(), MINUTE + 10_000, 2 * MINUTE);
    const partitions = (all: TrafficRecord[]) => new Set(all.map(({ partition }) => partition));
    expect([...partitions(silent)].sort()).toEqual([0, 1, 2]);
    expect([...partitions(records(traffic(), 10_000, MINUTE))].sort()).toEqual([0, 1, 2, 3]);
  });
});

describe('what is produced', () => {
  it('are transactions, some of them late', () => {
    const all = records(fraudTraffic(), 10_000, MINUTE);
    const transactions = all.map(({ value }) => checkTransaction(JSON.parse(value)));
    const late = all.filter(({ timestampMs }, i) => timestampMs < 10_000 + i - MINUTE);
    expect(transactions.length).toBeGreaterThan(1000);
    expect(late.length).toBeLessThan(all.length / 10);
    expect(new Set(transactions.map(({ id }) => id)).size).toBe(all.length);
  });

  it('are clicks, but for a few that are broken', () => {
    const clicks = records(clickTraffic(), 0, 2 * MINUTE);
    const broken = clicks.filter(({ value }) => !value.endsWith('}'));
    expect(broken.length).toBeGreaterThan(0);
    expect(broken.length).toBeLessThan(clicks.length / 500);
    for (const { topic, value } of clicks) {
      expect(topic).toBe(CLICKS_TOPIC);
      if (value.endsWith('}')) checkClick(JSON.parse(value));
    }
    expect(() => checkClick({ userId: 1 })).toThrow(/a click has/);
  });
});
