import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ProfileArchive } from './profile-archive.ts';
import type { ProfileSlice } from './profile-store.ts';

const SECOND = 1000;
let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'weir-profiles-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function slice(fromMs: number, name = 'burn'): ProfileSlice {
  const frame = { name, kind: 'user' as const, file: 'job.ts', line: 3 };
  const frames = [{ ...frame, package: null, vertexId: null, operatorId: null, lines: [] }];
  const tree = { frames, frame: [0], parent: [-1], self: [12.5] };
  const ms = { running: 1, queued: 0, external: 2, blocked: 0, starved: 3 };
  return {
    fromMs,
    toMs: fromMs + 2 * SECOND,
    intervalMicros: 10_000,
    threads: 1,
    samples: 10,
    parts: [{ task: { vertexId: 'v', subtask: 0 }, samples: 10, tree }],
    times: [{ vertexId: 'v', subtask: 0, ms, externalMs: { op: 2 }, blockedMs: {} }],
  };
}

function filesOf(jobId: string): string[] {
  return readdirSync(join(folder, jobId)).sort();
}

it('what was kept is the same for the next server', async () => {
  const slices = Array.from({ length: 40 }, (_, at) => slice(100_000 + at * 2 * SECOND));
  const archive = new ProfileArchive({ folder });
  for (const one of slices) archive.add('job', one);
  archive.add('other', slice(5));
  await archive.close();
  expect(filesOf('job').length).toBeGreaterThan(1);

  const next = new ProfileArchive({ folder });
  expect(await next.read('job')).toEqual({ slices, damaged: 0 });
  expect(await next.read('never seen')).toEqual({ slices: [], damaged: 0 });
});

it('the oldest go when all together are over the quota', async () => {
  const archive = new ProfileArchive({ folder });
  for (let at = 0; at < 4; at++) {
    archive.add(at === 0 ? 'first' : 'job', slice(at * 60 * SECOND));
    await archive.flush(at === 0 ? 'first' : 'job');
  }
  // A small file counts as much as it takes on disk.
  const tight = new ProfileArchive({ folder, quotaBytes: 3 * 4096 });
  tight.add('job', slice(600 * SECOND));
  await tight.close();
  expect(filesOf('first')).toEqual([]);
  expect(filesOf('job')).toEqual([
    '120000-122000.json.gz',
    '180000-182000.json.gz',
    '600000-602000.json.gz',
  ]);
});

describe('a file that is no profile', () => {
  it.each([
    ['is cut off', gzipSync(JSON.stringify([slice(1)])).subarray(0, 40)],
    ['is something else', gzipSync('{"not": "slices"}')],
    ['is empty', Buffer.alloc(0)],
    [
      'names frames that are not there',
      gzipSync(JSON.stringify([{ ...slice(1), parts: [brokenPart()] }])),
    ],
  ])('%s: left out and told', async (_, content) => {
    const archive = new ProfileArchive({ folder });
    archive.add('job', slice(100_000));
    await archive.close();
    writeFileSync(join(folder, 'job', '1-2001.json.gz'), content);
    const warn = vi.fn();
    const next = new ProfileArchive({ folder, warn });
    expect(await next.read('job')).toEqual({ slices: [slice(100_000)], damaged: 1 });
    expect(warn).toHaveBeenCalledOnce();
    expect(warn.mock.calls[0]![0]).toMatch(/1-2001\.json\.gz is damaged .* can be deleted$/);
  });
});

it('a folder that cannot be written costs profiles, not more', async () => {
  writeFileSync(join(folder, 'job'), 'a file where the folder should be');
  const warn = vi.fn();
  const archive = new ProfileArchive({ folder, warn });
  archive.add('job', slice(1));
  await archive.flush('job');
  expect(warn).toHaveBeenCalledOnce();
  archive.add('other', slice(1));
  await archive.close();
  expect(filesOf('other')).toHaveLength(1);
});

it('a job that is removed takes its profiles along', async () => {
  const archive = new ProfileArchive({ folder });
  archive.add('job', slice(1));
  await archive.flush('job');
  archive.add('job', slice(9000));
  archive.forget('job');
  await archive.close();
  expect(readdirSync(folder)).toEqual([]);
});

function brokenPart(): ProfileSlice['parts'][number] {
  const [part] = slice(1).parts;
  return { ...part!, tree: { ...part!.tree, frame: [7] } };
}
