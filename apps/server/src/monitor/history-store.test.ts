import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JobTick, JobTopology } from '@weir/console-protocol';
import { COARSE_STEP_MS, TickBuilder } from '@weir/monitor';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HistoryStore, MINUTE_STEP_MS } from './history-store.ts';
import { localMonitor } from './monitor-port.ts';

const JOB = 'a'.repeat(32);
const VERTEX = 'b'.repeat(32);
const START = 1_795_000_020_000;

const TOPOLOGY: JobTopology = {
  jobId: JOB,
  name: 'job',
  startedAt: START,
  attempt: 0,
  vertices: [
    {
      id: VERTEX,
      name: 'map',
      parallelism: 1,
      maxParallelism: 128,
      slotSharingGroup: 'default',
      operators: [],
    },
  ],
  edges: [],
};

function ticks(count: number, offset = 0): JobTick[] {
  const builder = new TickBuilder(TOPOLOGY);
  return Array.from({ length: count }, (_, i) => {
    const tick = builder.silent(START + (offset + i) * COARSE_STEP_MS, 'RUNNING', {});
    return { ...tick, recordsIn: i, bottleneck: null };
  });
}

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'weir-history-'));
  file = join(folder, 'history.sqlite');
});
afterEach(() => rmSync(folder, { recursive: true }));

const ALL = [0, Number.MAX_SAFE_INTEGER] as const;

describe('HistoryStore', () => {
  it('gives back what it was told, also after it was closed', () => {
    const all = ticks(70);
    const first = new HistoryStore(file);
    for (const tick of all) first.add(JOB, tick, TOPOLOGY);
    expect(first.ticks(JOB, COARSE_STEP_MS, ...ALL)).toEqual(all);
    first.close();
    const second = new HistoryStore(file);
    expect(second.ticks(JOB, COARSE_STEP_MS, ...ALL)).toEqual(all);
    const part = second.ticks(JOB, COARSE_STEP_MS, all[35]!.t, all[40]!.t);
    expect(part).toEqual(all.slice(35, 40));
    const minutes = second.ticks(JOB, MINUTE_STEP_MS, ...ALL);
    expect(minutes.slice(0, 2).map((tick) => tick.recordsIn)).toEqual([2.5, 8.5]);
    second.close();
  });

  it('stays under its quota by forgetting the finest and oldest first', () => {
    const store = new HistoryStore(file, 6000);
    for (const tick of ticks(1200)) store.add(JOB, tick, TOPOLOGY);
    expect(store.bytes).toBeLessThanOrEqual(6000);
    expect(store.ticks(JOB, COARSE_STEP_MS, ...ALL)[0]!.t).toBeGreaterThan(START);
    expect(store.ticks(JOB, MINUTE_STEP_MS, ...ALL)[0]!.t).toBe(START);
    store.close();
  });

  it('forgets what has grown old, and a job that is removed', () => {
    const store = new HistoryStore(file);
    for (const tick of ticks(60)) store.add(JOB, tick, TOPOLOGY);
    store.addEvent(JOB, { t: START, kind: 'state', text: 'RUNNING', subject: null });
    store.expire(START + 25 * 3_600_000);
    expect(store.ticks(JOB, COARSE_STEP_MS, ...ALL)).toEqual([]);
    expect(store.ticks(JOB, MINUTE_STEP_MS, ...ALL)).not.toEqual([]);
    expect(store.events(JOB, ...ALL, 10)).toHaveLength(1);
    store.remove(JOB);
    expect(store.ticks(JOB, MINUTE_STEP_MS, ...ALL)).toEqual([]);
    expect(store.events(JOB, ...ALL, 10)).toEqual([]);
    expect(store.bytes).toBe(0);
    store.close();
  });
});

describe('a monitor with a store', () => {
  it('knows the past from before it was started', async () => {
    const earlier = new HistoryStore(file);
    for (const tick of ticks(30)) earlier.add(JOB, tick, TOPOLOGY);
    earlier.close();
    const now = START + 400_000;
    const monitor = localMonitor({ nowMs: () => now, store: new HistoryStore(file) });
    monitor.apply({ type: 'topology', jobId: JOB, topology: TOPOLOGY });
    monitor.apply({ type: 'layout', jobId: JOB, layout: { version: 1, series: [] } });
    for (let second = 0; second < 15; second++) {
      const values = new Float64Array();
      const frame = { layoutVersion: 1, atMs: START + 330_000 + second * 1000, values };
      monitor.apply({ type: 'frame', jobId: JOB, frame });
    }
    const history = await monitor.history(JOB, START, now);
    expect(history?.step).toBe(COARSE_STEP_MS);
    expect(history?.ticks).toHaveLength(32);
    expect(history?.ticks.at(-1)?.t).toBe(START + 340_000);
    const recent = await monitor.history(JOB, START + 331_000, now);
    expect(recent).toMatchObject({ step: 1000 });
    expect(recent?.ticks).toHaveLength(14);
    await monitor.close();
  });

  it('goes on in memory when storing fails, and says so once', async () => {
    const failures: unknown[] = [];
    const store = new HistoryStore(file);
    store.close();
    const monitor = localMonitor({ store, onStoreFailure: (error) => failures.push(error) });
    monitor.apply({ type: 'topology', jobId: JOB, topology: TOPOLOGY });
    const event = { t: START, kind: 'state' as const, text: 'RUNNING', subject: null };
    monitor.apply({ type: 'event', jobId: JOB, event });
    monitor.apply({ type: 'event', jobId: JOB, event });
    expect(failures).toHaveLength(1);
    expect((await monitor.history(JOB, START, START + 1))?.events).toHaveLength(2);
    await monitor.close();
  });
});
