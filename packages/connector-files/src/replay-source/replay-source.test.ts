import { setImmediate as nextTurn } from 'node:timers/promises';
import { DataInput, DataOutput, type SourceReader, WatermarkStrategy } from '@weir/core';
import { sourceFactory } from '@weir/runtime';
import { record, verifySource } from '@weir/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FakeOutput, FakeSourceContext } from '../fakes/source-context.ts';
import { recordingOf } from './recording.ts';
import type { ReplayOptions } from './replay-options.ts';
import { ReplaySource } from './replay-source.ts';
import type { ReplaySplit } from './replay-split.ts';

interface Event {
  readonly n: number;
  readonly atMs: number;
}

/** `count` events, one per recorded second from second 100. */
function events(count: number): Event[] {
  return Array.from({ length: count }, (_, n) => ({ n, atMs: (100 + n) * 1000 }));
}

function options(count: number, rest: Partial<ReplayOptions<Event>> = {}): ReplayOptions<Event> {
  return { recording: recordingOf(events(count), (e) => e.atMs), speed: 10, ...rest };
}

/** One subtask's reader with its surroundings. */
class Player {
  readonly output = new FakeOutput<Event>();
  readonly context: FakeSourceContext;
  readonly #reader: SourceReader<Event, ReplaySplit>;

  private constructor(source: ReplaySource<Event>, context: FakeSourceContext) {
    this.context = context;
    this.#reader = source.createReader(context);
  }

  static async start(
    settings: ReplayOptions<Event>,
    restored: readonly ReplaySplit[] | null = null,
    context = new FakeSourceContext(),
  ): Promise<Player> {
    const source = new ReplaySource(settings);
    const player = new Player(source, context);
    const { subtaskIndex, parallelism } = context.taskInfo;
    const splits = (restored ?? (await source.discoverSplits())).map((split) =>
      roundTrip(source, split),
    );
    const own = splits.filter((split) => source.ownerOf(split, parallelism) === subtaskIndex);
    const loaded = context.woken();
    player.#reader.addSplits(own);
    await player.#reader.start();
    if (own.some((split) => !split.finished)) await loaded;
    return player;
  }

  poll() {
    return this.#reader.pollNext(this.output);
  }

  /** Plays to the end of a bounded replay. */
  async finish(): Promise<void> {
    for (;;) {
      const woken = this.context.woken();
      const status = this.poll();
      if (status === 'END_OF_INPUT') return;
      if (status === 'MORE_AVAILABLE') continue;
      if (this.context.armedTimers > 0) this.context.pass(1000);
      else await woken;
    }
  }

  get numbers(): number[] {
    return this.output.records.map((event) => event.n);
  }

  snapshot(): readonly ReplaySplit[] {
    return this.#reader.snapshotState(1);
  }

  lag() {
    return this.#reader.splitReports?.();
  }

  close(): void | Promise<void> {
    return this.#reader.close();
  }
}

function roundTrip(source: ReplaySource<Event>, split: ReplaySplit): ReplaySplit {
  const output = new DataOutput();
  source.splitType.serialize(split, output);
  return source.splitType.deserialize(new DataInput(output.toBytes()));
}

describe('pacing', () => {
  it('emits events at their own time, as many times faster as asked', async () => {
    const player = await Player.start(options(10));
    expect(player.poll()).toBe('NOTHING_AVAILABLE');
    expect(player.numbers).toEqual([0]);
    player.context.pass(250);
    expect(player.poll()).toBe('NOTHING_AVAILABLE');
    expect(player.numbers).toEqual([0, 1, 2]);
    expect(player.output.emitted[2]).toMatchObject({ timestampMs: 102_000, splitId: '0-of-1' });
    await player.close();
  });

  it('wakes its task when the next event is due, with one timer', async () => {
    const player = await Player.start(options(3));
    player.poll();
    player.poll();
    expect(player.context.armedTimers).toBe(1);
    const woken = player.context.woken();
    player.context.pass(100);
    await woken;
    player.poll();
    expect(player.numbers).toEqual([0, 1]);
    await player.close();
    expect(player.context.armedTimers).toBe(0);
  });

  it('at full speed waits for nothing', async () => {
    const player = await Player.start(options(10_000, { speed: 'max' }));
    await player.finish();
    expect(player.numbers).toEqual(events(10_000).map((event) => event.n));
    expect(player.context.armedTimers).toBe(0);
  });

  it('stops when the batch is full and at the limit', async () => {
    const player = await Player.start(options(10, { speed: 'max', limit: 5 }));
    player.output.room = 3;
    expect(player.poll()).toBe('MORE_AVAILABLE');
    expect(player.numbers).toEqual([0, 1, 2]);
    player.output.room = 10;
    await player.finish();
    expect(player.numbers).toEqual([0, 1, 2, 3, 4]);
  });
});

describe('lag', () => {
  it('is how many events are due and how long the oldest has waited', async () => {
    const player = await Player.start(options(1000));
    player.poll();
    expect(player.lag()).toMatchObject([{ pendingRecords: 0, pendingMs: 0, finished: false }]);
    player.context.pass(5_050);
    expect(player.lag()).toEqual([
      {
        splitId: '0-of-1',
        pendingRecords: 50,
        pendingMs: 4_950,
        position: 'event 1',
        finished: false,
      },
    ]);
    player.poll();
    expect(player.lag()).toMatchObject([{ pendingRecords: 0 }]);
    await player.close();
  });

  it('is estimated beyond what was read ahead', async () => {
    const player = await Player.start(options(100_000));
    player.poll();
    player.context.pass(5_000_000);
    const pending = player.lag()![0]!.pendingRecords!;
    expect(pending).toBeGreaterThan(49_000);
    expect(pending).toBeLessThan(51_000);
    await player.close();
  });

  it('is all that remains at full speed', async () => {
    const player = await Player.start(options(500, { speed: 'max' }));
    player.output.room = 100;
    player.poll();
    expect(player.lag()).toMatchObject([{ pendingRecords: 400, pendingMs: null }]);
    player.output.room = 1000;
    await player.finish();
    expect(player.lag()).toMatchObject([
      { pendingRecords: 0, position: 'event 500', finished: true },
    ]);
    await player.close();
  });
});

describe('rounds', () => {
  const loop = {
    periodMs: 60_000,
    shift: (event: Event, shiftMs: number) => ({ ...event, atMs: event.atMs + shiftMs }),
  };

  it('follow each other, moved on by the period', async () => {
    const player = await Player.start(options(3, { loop, speed: 'max' }));
    player.output.room = 8;
    while (player.output.room > 0) {
      const woken = player.context.woken();
      if (player.poll() === 'NOTHING_AVAILABLE') await woken;
    }
    expect(player.output.records.map((event) => event.atMs / 1000)).toEqual([
      100, 101, 102, 160, 161, 162, 220, 221,
    ]);
    expect(player.output.emitted[7]).toMatchObject({ timestampMs: 221_000 });
    expect(player.snapshot()).toMatchObject([{ round: 2, index: 2 }]);
    await player.close();
  });

  it('are paced across the gap between them', async () => {
    const player = await Player.start(options(2, { loop }));
    player.poll();
    // The next round is read ahead meanwhile.
    await nextTurn();
    player.context.pass(5_900);
    player.poll();
    expect(player.numbers).toEqual([0, 1]);
    player.context.pass(100);
    player.poll();
    expect(player.numbers).toEqual([0, 1, 0]);
    await player.close();
  });

  it('of nothing end', async () => {
    const player = await Player.start(options(0, { loop }));
    await player.finish();
    expect(player.numbers).toEqual([]);
  });
});

describe('a restored replay', () => {
  it('goes on where it was: the time that it was down is not replayed', async () => {
    const first = await Player.start(options(1000));
    first.context.pass(0);
    first.poll();
    first.context.pass(1_000);
    first.poll();
    // Half a second of lag at the time of the snapshot.
    first.context.pass(500);
    const restored = first.snapshot();
    const context = new FakeSourceContext();
    context.nowMs = first.context.nowMs + 3_600_000;
    const second = await Player.start(options(1000), restored, context);
    second.poll();
    expect(second.numbers).toEqual([11, 12, 13, 14, 15]);
    context.pass(100);
    second.poll();
    expect(second.numbers.at(-1)).toBe(16);
    await Promise.all([first.close(), second.close()]);
  });

  it('catches up with the time that it was down if it shall', async () => {
    const settings = options(1000, { afterDowntime: 'catch-up' });
    const first = await Player.start(settings);
    first.poll();
    const context = new FakeSourceContext();
    context.nowMs = first.context.nowMs + 2_000;
    const second = await Player.start(settings, first.snapshot(), context);
    second.poll();
    expect(second.numbers).toEqual(
      events(21)
        .map((event) => event.n)
        .slice(1),
    );
    await Promise.all([first.close(), second.close()]);
  });

  it('that had ended stays ended', async () => {
    const first = await Player.start(options(3, { speed: 'max' }));
    await first.finish();
    const second = await Player.start(options(3, { speed: 'max' }), first.snapshot());
    expect(second.poll()).toBe('END_OF_INPUT');
  });

  it('emits each event once, whatever the splits and the parallelism before and after', async () => {
    const law = fc.asyncProperty(
      fc.integer({ min: 1, max: 6 }),
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 1, max: 4 }),
      fc.array(fc.nat(40), { minLength: 4, maxLength: 4 }),
      async (splits, before, after, rooms) => {
        const settings = options(100, { speed: 'max', splits });
        const numbers: number[] = [];
        const positions: ReplaySplit[] = [];
        for (let subtask = 0; subtask < before; subtask++) {
          const context = new FakeSourceContext(subtask, before);
          const player = await Player.start(settings, null, context);
          player.output.room = rooms[subtask]!;
          player.poll();
          numbers.push(...player.numbers);
          positions.push(...player.snapshot());
          await player.close();
        }
        for (let subtask = 0; subtask < after; subtask++) {
          const context = new FakeSourceContext(subtask, after);
          const player = await Player.start(settings, positions, context);
          await player.finish();
          // Whatever a subtask reads, it reads in recorded order.
          expect(player.numbers).toEqual(player.numbers.toSorted((a, b) => a - b));
          numbers.push(...player.numbers);
        }
        expect(numbers.toSorted((a, b) => a - b)).toEqual(events(100).map((event) => event.n));
      },
    );
    await fc.assert(law, { numRuns: 60 });
  });
});

it('refuses settings that can not be', () => {
  expect(() => new ReplaySource(options(1, { speed: 0 }))).toThrow('above 0 or "max", not 0');
  expect(() => new ReplaySource(options(1, { splits: 0 }))).toThrow('1 or more splits, not 0');
  const loop = { periodMs: 0, shift: (event: Event) => event };
  expect(() => new ReplaySource(options(1, { loop }))).toThrow('above 0 ms, not 0');
});

describe('a replay in a task', () => {
  it('gives each event once, however it is asked and wherever it begins again', async () => {
    const source = new ReplaySource(options(23, { speed: 'max', splits: 5 }));
    const watermarks = WatermarkStrategy.noWatermarks<Event>();
    await verifySource(
      sourceFactory({ source, watermarks }),
      events(23).map((event) => record(event, event.atMs)),
      (actual, wanted, mode) => expect(actual, mode).toEqual(wanted),
      { order: 'free' },
    );
  });
});
