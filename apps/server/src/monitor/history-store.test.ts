import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { JobEvent, JobTopology } from '@weir/console-protocol';
import { SERIES } from '@weir/monitor';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readHistorySettings, writeHistorySettings } from './history-settings.ts';
import { HistoryStore } from './history-store.ts';
import { localMonitor } from './monitor-port.ts';
import { openHistory } from './open-history.ts';

const JOB = 'a'.repeat(32);
const VERTEX = 'b'.repeat(32);
const START = 1_795_000_020_000;
const QUOTA = 64 * 1_048_576;
const HOUR_MS = 3_600_000;

const TOPOLOGY: JobTopology = {
  ...{ jobId: JOB, name: 'job', startedAt: START, attempt: 0, edges: [] },
  vertices: [
    {
      ...{ id: VERTEX, name: 'map', parallelism: 1, maxParallelism: 128 },
      ...{ slotSharingGroup: 'default', operators: [] },
    },
  ],
};

const EVENT: JobEvent = { t: START, kind: 'state', text: 'RUNNING', subject: null };

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'weir-history-'));
  file = join(folder, 'history.sqlite');
});
afterEach(() => rmSync(folder, { recursive: true }));

const bytes = (...values: number[]) => Uint8Array.from(values);
const block = (from: number, to: number, body = bytes(1, 2, 3)) => ({ part: '', from, to, body });

/** Of a series, whether it has anything. */
function seriesWith(store: HistoryStore): boolean[] {
  return store.byResolution().map((one) => one.bytes > 0);
}

describe('HistoryStore', () => {
  it('has rows until they are sealed, blocks after, also for the next server', () => {
    const first = new HistoryStore(file, QUOTA);
    first.addRow(JOB, 1, { t: START, body: bytes(7) });
    first.addRow(JOB, 1, { t: START + 1000, body: bytes(8) });
    // No close: what the process had written is there all the same.
    const second = new HistoryStore(file, QUOTA);
    expect(second.rows(JOB, 1)).toEqual([
      { t: START, body: bytes(7) },
      { t: START + 1000, body: bytes(8) },
    ]);
    second.seal(JOB, 1, [block(START, START + 1000)]);
    expect(second.rows(JOB, 1)).toEqual([]);
    expect(second.blocks(JOB, 1, '', START + 500, START + 600)).toHaveLength(1);
    expect(second.blocks(JOB, 1, '', START + 1001, START + 9000)).toEqual([]);
    expect(second.firstBlock(JOB, 1, '', 0, START + 1)?.from).toBe(START);
    expect(second.newestBlock(JOB, 1, '')?.to).toBe(START + 1000);
    expect(second.newestBlock(JOB, 3, '')).toBeNull();
    first.close();
    second.close();
  });

  it('forgets the finest first and of that the oldest, events last', () => {
    const store = new HistoryStore(file, QUOTA);
    store.addEvent(JOB, EVENT);
    for (let series = SERIES.length - 1; series >= 0; series--) {
      for (let i = 0; i < 20; i++) {
        const from = START + i * HOUR_MS;
        store.seal(JOB, series, [block(from, from + 1000, new Uint8Array(20_000).fill(i))]);
      }
    }
    const kept: boolean[][] = [];
    while (seriesWith(store).some(Boolean) && kept.length < 200) {
      const before = store.byResolution();
      store.quotaBytes = store.bytes - 20_000;
      kept.push(seriesWith(store));
      if (kept.at(-1)?.some(Boolean)) expect(store.bytes).toBeLessThanOrEqual(store.quotaBytes);
      const after = store.byResolution();
      after.forEach((now, series) => {
        // Nothing coarser goes while there is something finer, nor a newer one before an older.
        const finerLeft = after.slice(0, series).some((one) => one.bytes > 0);
        if (finerLeft) expect(now).toEqual(before[series]);
        if (now.bytes > 0 && now.kind !== 'events') expect(now.newest).toBe(before[series]!.newest);
      });
    }
    expect(kept.at(-1)).toEqual(seriesWith(store).map(() => false));
    expect(kept.at(-2)?.at(-1)).toBe(true);
    store.close();
  });

  it('forgets what has grown old, and a job that is removed', () => {
    const store = new HistoryStore(file, QUOTA);
    SERIES.forEach((_, series) => {
      store.seal(JOB, series, [block(START, START + 1000)]);
    });
    store.addEvent(JOB, EVENT);
    store.addRecord(JOB, { kind: 'checkpoint', id: '3', t: START, body: '{"id":3}' });
    store.expire(START + 25 * HOUR_MS);
    expect(seriesWith(store)).toEqual([false, false, false, false, false, true, true]);
    store.remove(JOB);
    expect(seriesWith(store)).toEqual(SERIES.map(() => false).concat(false));
    store.close();
  });

  it('keeps records by id, the later for the earlier, within their part of the quota', () => {
    const store = new HistoryStore(file, 1_048_576);
    const record = (id: number, body: string) => ({
      ...{ kind: 'checkpoint' as const, id: String(id), t: START + id, body },
    });
    store.addRecord(JOB, record(1, '"before"'));
    store.addRecord(JOB, record(1, '"after"'));
    expect(store.record(JOB, 'checkpoint', '1')?.body).toBe('"after"');
    expect(store.records(JOB, 'checkpoint', 0, START + 9, 9)).toHaveLength(1);
    expect(store.records(JOB, 'exception', 0, START + 9, 9)).toEqual([]);
    const random = () => Array.from({ length: 4000 }, () => Math.random()).join();
    for (let id = 2; id < 40; id++) store.addRecord(JOB, record(id, random()));
    const left = store.records(JOB, 'checkpoint', 0, START + 100, 100);
    expect(left[0]?.id).toBe('39');
    expect(left.length).toBeLessThan(38);
    store.close();
  });
});

describe('opening a history', () => {
  const setAside: string[] = [];
  const open = () => {
    setAside.length = 0;
    return openHistory(file, QUOTA, (path) => setAside.push(path));
  };

  it('sets aside what is no database, and what has another format', () => {
    writeFileSync(file, 'no database at all, whatever its name says'.repeat(50));
    open().close();
    expect(setAside).toEqual([`${file}.unreadable`]);
    expect(existsSync(`${file}.unreadable`)).toBe(true);
    const other = new DatabaseSync(file);
    other.exec('PRAGMA user_version = 1');
    other.close();
    const store = open();
    expect(setAside).toHaveLength(1);
    store.addEvent(JOB, EVENT);
    store.close();
    const again = open();
    expect(setAside).toEqual([]);
    expect(again.events(JOB, 0, START + 1, 9)).toEqual([EVENT]);
    again.close();
  });

  it('keeps the quota that was set', () => {
    const settings = join(folder, 'history.json');
    expect(readHistorySettings(settings)).toBeNull();
    writeHistorySettings(settings, { quotaBytes: QUOTA });
    expect(readHistorySettings(settings)).toEqual({ quotaBytes: QUOTA });
    writeFileSync(settings, '{"quotaBytes": "much"}');
    expect(readHistorySettings(settings)).toBeNull();
  });
});

describe('a monitor with a store', () => {
  const frames = (monitor: ReturnType<typeof localMonitor>, from: number, count: number) => {
    monitor.apply({ type: 'topology', jobId: JOB, topology: TOPOLOGY });
    monitor.apply({ type: 'layout', jobId: JOB, layout: { version: 1, series: [] } });
    for (let second = 0; second < count; second++) {
      const frame = { layoutVersion: 1, atMs: from + second * 1000, values: new Float64Array() };
      monitor.apply({ type: 'frame', jobId: JOB, frame });
    }
  };

  it('begins with the past from before it was started, gaps as gaps', async () => {
    // Left as by a crash: never closed.
    const earlier = localMonitor({ nowMs: () => START, store: new HistoryStore(file, QUOTA) });
    frames(earlier, START, 100);
    earlier.apply({ type: 'event', jobId: JOB, event: EVENT });
    const monitor = localMonitor({ nowMs: () => START, store: new HistoryStore(file, QUOTA) });
    frames(monitor, START + 200_000, 10);
    const snapshot = await monitor.snapshot(JOB);
    expect(snapshot?.history.wordOf).toHaveLength(110);
    expect(snapshot?.events).toEqual([EVENT]);
    const history = await monitor.history(JOB, START, START + HOUR_MS);
    expect(history?.step).toBe(1000);
    const times = history!.ticks.map(({ t }) => (t - START) / 1000);
    expect(times.slice(98, 102)).toEqual([98, 99, 200, 201]);
    await monitor.close();
    await earlier.close();
  });

  it('adds nothing to a job that had ended before', async () => {
    const state = { type: 'state' as const, jobId: JOB, tasks: {}, atMs: START + 5000 };
    for (const at of [START, START + 9_000_000]) {
      const store = new HistoryStore(file, QUOTA);
      const monitor = localMonitor({ nowMs: () => at, store });
      if (at === START) frames(monitor, START, 4);
      else monitor.apply({ type: 'topology', jobId: JOB, topology: TOPOLOGY });
      monitor.apply({ ...state, state: 'FINISHED' });
      const history = await monitor.history(JOB, START, START + HOUR_MS);
      expect(history?.ticks.map(({ state: is }) => is).at(-1)).toBe('FINISHED');
      expect(history?.ticks).toHaveLength(5);
      expect((await monitor.snapshot(JOB))?.history.wordOf).toHaveLength(5);
      await monitor.close();
    }
  });

  it('goes on in memory when storing fails, and says so once', async () => {
    const failures: unknown[] = [];
    const store = new HistoryStore(file, QUOTA);
    const monitor = localMonitor({ store, onStoreFailure: (error) => failures.push(error) });
    expect(await monitor.size()).toMatchObject({ durable: true, quotaBytes: QUOTA });
    store.close();
    frames(monitor, START, 5);
    monitor.apply({ type: 'event', jobId: JOB, event: EVENT });
    expect(failures).toHaveLength(1);
    const history = await monitor.history(JOB, START, START + 9000);
    expect(history?.events).toEqual([EVENT]);
    expect(history?.ticks).toHaveLength(5);
    expect(await monitor.size()).toMatchObject({ durable: false, bytes: 0 });
    await monitor.close();
  });
});
