import { appendFileSync, mkdtempSync, readdirSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LogEntry } from '@weir/runtime';
import { describe, expect, test } from 'vitest';
import { JobLog } from './job-log.ts';

const ALL = { since: null, vertexId: null, limit: 5000 };
const folder = () => mkdtempSync(join(tmpdir(), 'weir-log-'));

function entry(atMs: number, text: string, place: Partial<LogEntry> = {}): LogEntry {
  return { atMs, level: 'info', text, vertexId: null, subtask: null, ...place };
}

describe('job log', () => {
  test('outlives the server: numbers go on, and the past stands before the present', async () => {
    const path = folder();
    const first = new JobLog('job', path);
    first.add(entry(1, 'one'));
    first.add(entry(2, 'two', { vertexId: 'v', subtask: 3, level: 'error' }));
    await first.written();
    const second = new JobLog('job', path);
    second.add(entry(3, 'three'));
    const { entries, last, truncated } = await second.read(ALL);
    expect(entries.map(({ seq, text }) => [seq, text])).toEqual([
      [1, 'one'],
      [2, 'two'],
      [3, 'three'],
    ]);
    expect(entries[1]).toMatchObject({ vertexId: 'v', subtask: 3, level: 'error', t: 2 });
    expect({ last, truncated }).toEqual({ last: 3, truncated: false });
  });

  test('a line that a crash cut off is left out', async () => {
    const path = folder();
    const first = new JobLog('job', path);
    first.add(entry(1, 'whole'));
    await first.written();
    appendFileSync(join(path, 'job.log'), '[2,2,1,"cut o');
    const { entries } = await new JobLog('job', path).read(ALL);
    expect(entries.map(({ text }) => text)).toEqual(['whole']);
  });

  test('answers a range, an operator, a subtask', async () => {
    const log = new JobLog('job', null);
    for (let at = 0; at < 10; at++) {
      log.add(entry(at, `${at}`, { vertexId: at % 2 === 0 ? 'even' : 'odd', subtask: at % 3 }));
    }
    const texts = async (query: object) =>
      (await log.read({ ...ALL, ...query })).entries.map(({ text }) => text);
    expect(await texts({ from: 3, to: 6 })).toEqual(['3', '4', '5']);
    expect(await texts({ vertexId: 'even', subtask: 0 })).toEqual(['0', '6']);
    expect(await texts({ since: 8 })).toEqual(['8', '9']);
  });

  test('two files at most, and a range that memory no longer has comes from them', async () => {
    const path = folder();
    const log = new JobLog('job', path);
    const text = 'x'.repeat(700);
    for (let round = 0; round < 40; round++) {
      for (let at = 0; at < 200; at++) log.add(entry(round * 200 + at, text));
      await log.written();
    }
    expect(readdirSync(path).sort()).toEqual(['job.log', 'job.log.1']);
    expect(statSync(join(path, 'job.log.1')).size).toBeLessThan(5 * 1_048_576);
    const { entries } = await log.read({ ...ALL, from: 2500, to: 2502 });
    expect(entries.map(({ t }) => t)).toEqual([2500, 2501]);
  });

  test('a folder that cannot be written costs the past, told once, and nothing else', async () => {
    const failures: unknown[] = [];
    const log = new JobLog('job', '/dev/null/no', (error) => failures.push(error));
    log.add(entry(1, 'one'));
    await log.written();
    log.add(entry(2, 'two'));
    await log.written();
    expect(failures).toHaveLength(1);
    expect((await log.read(ALL)).entries).toHaveLength(2);
  });

  test('is gone with the job', async () => {
    const path = folder();
    const log = new JobLog('job', path);
    log.add(entry(1, 'one'));
    await log.read(ALL);
    await log.remove();
    expect(readdirSync(path)).toEqual([]);
  });
});
