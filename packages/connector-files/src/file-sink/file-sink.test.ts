import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Committer, SinkContext, SinkWriter } from '@weir/core';
import { sinkFactory } from '@weir/runtime';
import { verifySink } from '@weir/testing';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { FakeSourceContext } from '../fakes/source-context.ts';
import { FileSink } from './file-sink.ts';
import type { PendingPart } from './pending-part.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'weir-file-sink-'));
});

const JOB = '1a2b3c4d000000000000000000000000';

function sinkContext(
  subtask = 0,
  parallelism = 1,
  restoredCheckpointId: number | null = null,
  jobId = JOB,
): SinkContext {
  const context = new FakeSourceContext(subtask, parallelism);
  const { taskInfo, metricGroup, configuration, clock, timers } = context;
  const wakeUp = (): void => context.wakeUp();
  return {
    jobId,
    taskInfo,
    metricGroup,
    configuration,
    clock,
    timers,
    restoredCheckpointId,
    wakeUp,
  };
}

function sinkInto(into: string): FileSink<number> {
  return FileSink.csv<number>(into, [{ name: 'n', value: (n) => n }]);
}

const visible = (in_ = folder): string[] =>
  readdirSync(in_)
    .filter((name) => !name.startsWith('.'))
    .toSorted();
const hidden = (): string[] => readdirSync(folder).filter((name) => name.startsWith('.'));
const content = (): number[] =>
  visible().flatMap((name) =>
    readFileSync(join(folder, name), 'utf8').split('\n').filter(Boolean).map(Number),
  );

describe('the sink in a task', () => {
  it('shows each record once, however it is fed and wherever it fails', async () => {
    const values = Array.from({ length: 12 }, (_, n) => n);
    const create = () => {
      const into = mkdtempSync(join(folder, 'mode-'));
      const rows = () =>
        visible(into).flatMap((name) =>
          readFileSync(join(into, name), 'utf8').split('\n').filter(Boolean).map(Number),
        );
      return { factory: sinkFactory({ sink: sinkInto(into) }), visible: rows };
    };
    await verifySink(create, values, (actual, expected, mode) => {
      expect(actual, mode).toEqual(expected);
    });
  });
});

describe('part files', () => {
  it('become visible with the commit, whole, under subtask and checkpoint', async () => {
    const sink = sinkInto(folder);
    const context = sinkContext(3, 4);
    const writer = await sink.createWriter(context);
    for (const n of [1, 2, 3]) expect(writer.write(n, 0)).toBe(true);
    await writer.flush(false);
    expect(visible()).toEqual([]);
    const parts = await writer.prepareCommit(7);
    expect(visible()).toEqual([]);
    expect(parts).toMatchObject([{ finalName: 'part-3-7-0.csv', bytes: 6 }]);
    await sink.createCommitter(context).commit(parts);
    expect(visible()).toEqual(['part-3-7-0.csv']);
    expect(readFileSync(join(folder, 'part-3-7-0.csv'), 'utf8')).toBe('1\n2\n3\n');
    expect(hidden()).toEqual([]);
    await writer.close();
  });

  it('are not made where nothing was written', async () => {
    const writer = await sinkInto(folder).createWriter(sinkContext());
    await writer.flush(false);
    expect(await writer.prepareCommit(1)).toEqual([]);
    expect(hidden()).toEqual([]);
  });

  it('begin with a header if asked for, and roll by size', async () => {
    const sink = FileSink.csv<{ a: number }>(folder, ['a'], { header: true, partBytesMax: 4 });
    const writer = await sink.createWriter(sinkContext());
    for (const a of [100, 200]) {
      writer.write({ a }, 0);
      await writer.flush(false);
    }
    const parts = await writer.prepareCommit(1);
    await sink.createCommitter(sinkContext()).commit(parts);
    expect(visible()).toEqual(['part-0-1-0.csv', 'part-0-1-1.csv']);
    expect(readFileSync(join(folder, 'part-0-1-1.csv'), 'utf8')).toBe('a\n200\n');
  });

  it('of another job with the same name stay', async () => {
    writeFileSync(join(folder, 'part-0-1-0.csv'), 'theirs\n');
    const sink = sinkInto(folder);
    const writer = await sink.createWriter(sinkContext());
    writer.write(5, 0);
    await writer.flush(false);
    const parts = await writer.prepareCommit(1);
    const committer = sink.createCommitter(sinkContext());
    await committer.commit(parts);
    await committer.commit(parts);
    expect(visible()).toEqual(['part-0-1-0-1.csv', 'part-0-1-0.csv']);
    expect(readFileSync(join(folder, 'part-0-1-0.csv'), 'utf8')).toBe('theirs\n');
  });
});

it('a writer that is far behind refuses records until the disk has caught up', async () => {
  const sink = FileSink.lines<string>(folder, {
    extension: 'txt',
    header: null,
    encode: (text) => text,
  });
  let wake = (): void => {};
  const woken = new Promise<void>((resolve) => {
    wake = resolve;
  });
  const writer = await sink.createWriter({ ...sinkContext(), wakeUp: () => wake() });
  const line = 'x'.repeat(99_999);
  let accepted = 0;
  while (writer.write(line, 0)) accepted++;
  expect(accepted).toBeLessThan(100);
  await woken;
  expect(writer.write(line, 0)).toBe(true);
  await writer.flush(true);
  const [part] = await writer.prepareCommit(1);
  expect(part?.bytes).toBe((accepted + 1) * 100_000);
});

it('a folder that can not be written to fails the sink with its path', async () => {
  writeFileSync(join(folder, 'file'), '');
  const sink = sinkInto(join(folder, 'file', 'below'));
  await expect(sink.createWriter(sinkContext())).rejects.toMatchObject({ code: 'SINK_FAILED' });
  const open = await sinkInto(join(folder, 'gone')).createWriter(sinkContext());
  rmSync(join(folder, 'gone'), { recursive: true });
  open.write(1, 0);
  await expect(open.flush(false)).rejects.toThrow(`${join(folder, 'gone')} can't be written to`);
});

it('a committed file that somebody removed is an error, not a silent gap', async () => {
  const sink = sinkInto(folder);
  const writer = await sink.createWriter(sinkContext());
  writer.write(1, 0);
  await writer.flush(false);
  const parts = await writer.prepareCommit(1);
  rmSync(join(folder, parts[0]!.pendingName));
  await expect(sink.createCommitter(sinkContext()).commit(parts)).rejects.toThrow(
    'a file that a checkpoint counts on was removed',
  );
});

it('leftovers of other jobs and sinks are not touched', async () => {
  const other = await sinkInto(folder).createWriter(sinkContext(0, 1, null, 'ffff0000'));
  other.write(1, 0);
  await other.flush(false);
  const named = FileSink.csv<number>(folder, [{ name: 'n', value: (n) => n }], { prefix: 'late' });
  const late = await named.createWriter(sinkContext());
  late.write(1, 0);
  await late.flush(false);
  await sinkInto(folder).createCommitter(sinkContext()).discardUncommitted?.([]);
  expect(hidden()).toHaveLength(2);
  await Promise.all([other.close(), late.close()]);
});

/**
 * A job of one source that counts up, its sink in `parallelism` subtasks, and checkpoints; it is
 * killed anywhere and started again, each time with a parallelism of its own.
 */
class CountingJob {
  #nextId = 1;
  #completed: { id: number; position: number; parts: readonly PendingPart[] } | null = null;
  #position = 0;
  #tasks: {
    writer: SinkWriter<number, PendingPart>;
    committer: Committer<PendingPart>;
    pending: PendingPart[];
  }[] = [];

  async start(parallelism: number): Promise<void> {
    this.#tasks = [];
    this.#position = this.#completed?.position ?? 0;
    const sink = sinkInto(folder);
    const restored = this.#completed?.parts ?? [];
    const restoredId = this.#completed?.id ?? null;
    // Subtasks open in any order; the last one first is the worst for leftovers.
    for (let subtask = parallelism - 1; subtask >= 0; subtask--) {
      const context = sinkContext(subtask, parallelism, restoredId);
      const committer = sink.createCommitter(context);
      await committer.discardUncommitted?.([]);
      await committer.commit(restored.filter((_, i) => i % parallelism === subtask));
      const writer = await sink.createWriter(context);
      this.#tasks.unshift({ writer, committer, pending: [] });
    }
  }

  write(count: number): void {
    for (let i = 0; i < count; i++) {
      const n = this.#position++;
      this.#tasks[n % this.#tasks.length]!.writer.write(n, 0);
    }
  }

  async flush(): Promise<void> {
    for (const { writer } of this.#tasks) await writer.flush(false);
  }

  /** Up to `step`: 1 some subtasks prepared, 2 all, 3 durable, 4 some committed, 5 all. */
  async checkpoint(step: number): Promise<void> {
    const id = this.#nextId++;
    const position = this.#position;
    for (const task of step === 1 ? this.#tasks.slice(1) : this.#tasks) {
      await task.writer.flush(false);
      task.pending.push(...(await task.writer.prepareCommit(id)));
    }
    if (step < 3) return;
    this.#completed = { id, position, parts: this.#tasks.flatMap((task) => task.pending) };
    if (step < 4) return;
    for (const task of step === 4 ? this.#tasks.slice(1) : this.#tasks) {
      await task.committer.commit(task.pending);
      task.pending = [];
    }
  }

  get written(): number {
    return this.#position;
  }

  /** The dead process's background writes end, so that they don't reach into the next run. */
  async settle(): Promise<void> {
    for (const { writer } of this.#tasks) await writer.close();
  }
}

describe('crashes', () => {
  const step = fc.record({
    write: fc.nat(30),
    flush: fc.boolean(),
    checkpoint: fc.integer({ min: 0, max: 5 }),
  });
  const attempt = fc.record({
    parallelism: fc.integer({ min: 1, max: 3 }),
    steps: fc.array(step, { maxLength: 4 }),
  });

  it('at any step lose nothing and repeat nothing, at any parallelism', async () => {
    const law = fc.asyncProperty(fc.array(attempt, { maxLength: 4 }), async (attempts) => {
      rmSync(folder, { recursive: true, force: true });
      const job = new CountingJob();
      for (const { parallelism, steps } of attempts) {
        await job.start(parallelism);
        for (const { write, flush, checkpoint } of steps) {
          job.write(write);
          if (flush) await job.flush();
          if (checkpoint > 0) await job.checkpoint(checkpoint);
        }
        await job.settle();
      }
      await job.start(2);
      job.write(5);
      await job.checkpoint(5);
      await job.settle();
      const expected = Array.from({ length: job.written }, (_, n) => n);
      expect(content().toSorted((a, b) => a - b)).toEqual(expected);
      expect(hidden()).toEqual([]);
    });
    await fc.assert(law, { numRuns: 25 });
    expect(existsSync(folder)).toBe(true);
  });
});
