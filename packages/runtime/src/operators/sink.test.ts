import {
  type Committer,
  type Sink,
  type SinkContext,
  type SinkWriter,
  types,
  type TypeInformation,
  WeirError,
} from '@weir/core';
import { OperatorHarness, settle, verifySink, VirtualTime } from '@weir/testing';
import { describe, expect, it } from 'vitest';
import { OutputBuffer } from './output-buffer.ts';
import { sinkFactory } from './sink.ts';

/** An outside system: what is staged, and what is visible. */
class Outside implements Sink<string, string[]> {
  readonly committableType = types.any() as TypeInformation<string[]>;
  readonly log: string[] = [];
  visible: string[] = [];
  room = Number.POSITIVE_INFINITY;
  failures: Error[] = [];
  context: SinkContext | null = null;

  createWriter(context: SinkContext): SinkWriter<string, string[]> {
    this.context = context;
    this.log.push('writer');
    const staged: string[] = [];
    return {
      write: (value) => {
        if (staged.length >= this.room) return false;
        staged.push(value);
        return true;
      },
      flush: async (endOfInput) => {
        this.log.push(endOfInput ? 'flush at the end' : 'flush');
      },
      prepareCommit: async () => [staged.splice(0)],
      close: () => {
        this.log.push('close');
      },
    };
  }

  createCommitter(): Committer<string[]> {
    return {
      commit: async (committables) => {
        const failure = this.failures.shift();
        if (failure !== undefined) throw failure;
        for (const rows of committables) {
          this.visible.push(...rows.filter((row) => !this.visible.includes(row)));
        }
        this.log.push('commit');
      },
      discardUncommitted: async () => {
        this.log.push('discard');
      },
    };
  }
}

describe('sink', () => {
  it('shows each record once, however it is fed and wherever it fails', async () => {
    const create = () => {
      const outside = new Outside();
      return { factory: sinkFactory({ sink: outside }), visible: () => outside.visible };
    };
    await verifySink(create, ['a', 'b', 'c', 'd', 'e', 'f'], (actual, expected, mode) => {
      expect(actual, mode).toEqual(expected);
    });
  });

  it('makes records visible only once their checkpoint is complete', async () => {
    const outside = new Outside();
    const harness = await OperatorHarness.open(sinkFactory({ sink: outside }));
    await harness.process('a');
    await harness.snapshot(1);
    await harness.process('b');
    await harness.snapshot(2);
    expect(outside.visible).toEqual([]);
    await harness.notifyCheckpointComplete(1);
    expect(outside.visible).toEqual(['a']);
    await harness.notifyCheckpointComplete(2);
    expect(outside.visible).toEqual(['a', 'b']);
  });

  it('commits what an aborted checkpoint prepared with the next one', async () => {
    const outside = new Outside();
    const harness = await OperatorHarness.open(sinkFactory({ sink: outside }));
    await harness.process('a');
    await harness.snapshot(1);
    await harness.process('b');
    await harness.snapshot(2);
    await harness.notifyCheckpointComplete(2);
    expect(outside.visible).toEqual(['a', 'b']);
  });

  it('after a restore commits what was prepared, then discards the rest, then writes', async () => {
    const outside = new Outside();
    const first = await OperatorHarness.open(sinkFactory({ sink: outside }));
    await first.process('a');
    const state = await first.snapshot(1);
    await first.process('lost');
    outside.log.splice(0);
    await OperatorHarness.open(sinkFactory({ sink: outside }), { state });
    expect(outside.visible).toEqual(['a']);
    expect(outside.log).toEqual(['commit', 'discard', 'writer']);
  });

  it('gives restored committables to one subtask each when the parallelism changes', async () => {
    const outside = new Outside();
    const first = await OperatorHarness.open(sinkFactory({ sink: outside }));
    await first.process('a');
    await first.snapshot(1);
    await first.process('b');
    const state = await first.snapshot(2);
    for (let subtask = 0; subtask < 3; subtask++) {
      await OperatorHarness.open(sinkFactory({ sink: outside }), {
        state,
        subtask,
        parallelism: 3,
      });
    }
    expect(outside.visible).toEqual(['a', 'b']);
    expect(outside.log.filter((entry) => entry === 'commit')).toHaveLength(2);
  });

  it('tries a retryable commit again, with growing pauses', async () => {
    const outside = new Outside();
    const retry = () => new WeirError('SINK_FAILED', 'busy', { retryable: true });
    outside.failures = [retry(), retry()];
    const time = new VirtualTime(0);
    const harness = await OperatorHarness.open(sinkFactory({ sink: outside }), { time });
    await harness.process('a');
    await harness.snapshot(1);
    const committed = harness.notifyCheckpointComplete(1);
    await settle();
    expect(outside.visible).toEqual([]);
    await time.advance(100);
    expect(outside.visible).toEqual([]);
    await time.advance(200);
    await committed;
    expect(outside.visible).toEqual(['a']);
  });

  it('fails at once when a commit can not succeed', async () => {
    const outside = new Outside();
    outside.failures = [new WeirError('SINK_FAILED', 'no such table')];
    const harness = await OperatorHarness.open(sinkFactory({ sink: outside }));
    await harness.process('a');
    await harness.snapshot(1);
    await expect(harness.notifyCheckpointComplete(1)).rejects.toThrow('no such table');
  });

  it('waits for room, and says where', async () => {
    const outside = new Outside();
    outside.room = 1;
    const { operator } = await OperatorHarness.open(sinkFactory({ sink: outside }));
    const rows = ['a', 'b'];
    const batch = { kind: 'objects', count: 2, rows, timestamps: null, keyHashes: null } as const;
    expect(operator.processBatch(batch, 0, 2, new OutputBuffer())).toBe(1);
    expect(operator.externalWait?.()?.callSite).toBe('operator: write');
    outside.room = 2;
    expect(operator.processBatch(batch, 1, 2, new OutputBuffer())).toBe(2);
    expect(operator.externalWait?.()).toBeNull();
  });

  it('tells the writer at the end of the input', async () => {
    const outside = new Outside();
    const harness = await OperatorHarness.open(sinkFactory({ sink: outside }));
    await harness.snapshot(1, true);
    expect(outside.log).toContain('flush at the end');
  });
});
