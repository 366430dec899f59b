import {
  type Batch,
  type ClockPort,
  Configuration,
  type OperatorId,
  OutputTag,
  rowCount,
} from '@weir/core';
import type { ChainedOutput, OperatorNode } from '@weir/graph';
import { createTestContext, VirtualTime } from '@weir/testing';

import { describe, expect, it } from 'vitest';
import type { OutputWriter } from '../channels/contracts.ts';
import { filterFactory } from '../operators/filter.ts';
import { flatMapFactory } from '../operators/flat-map.ts';
import { mapFactory } from '../operators/map.ts';
import type { OutputBuffer, StreamElement } from '../operators/output-buffer.ts';
import { processFactory } from '../operators/process.ts';
import type {
  OperatorFactory,
  SourceStreamOperator,
  StreamOperator,
} from '../operators/stream-operator.ts';
import { ChainNode } from './chain-node.ts';
import { OperatorChain } from './operator-chain.ts';
import { WriterPort } from './output-port.ts';

/** A writer with room for so many elements. */
class FakeWriter implements OutputWriter {
  readonly elements: StreamElement[] = [];
  room = Number.POSITIVE_INFINITY;
  flushes = 0;
  #waiting: StreamElement | null = null;

  push(element: StreamElement): void {
    expect(this.#waiting, 'pushed before the last element was drained').toBeNull();
    this.#waiting = element;
  }

  drain(): boolean {
    if (this.#waiting === null) return true;
    if (this.elements.length >= this.room) return false;
    this.elements.push(this.#waiting);
    this.#waiting = null;
    return true;
  }

  flush(): void {
    this.flushes++;
  }

  get blockedOn(): number | null {
    return this.#waiting === null ? null : 4;
  }

  stats() {
    return [];
  }

  /** Rows one by one, control elements as their kind. */
  get content(): unknown[] {
    return this.elements.flatMap((element) =>
      element.kind === 'objects' ? element.rows.slice(0, element.count) : [element.kind],
    );
  }
}

/** A clock that only costs move. */
class CostClock implements ClockPort {
  ms = 0;
  nowMs(): number {
    return this.ms;
  }
  monotonicMs(): number {
    return this.ms;
  }
}

interface Part {
  readonly operator: OperatorFactory | StreamOperator;
  readonly chainedOutputs?: readonly ChainedOutput[];
  readonly writers?: ReadonlyArray<readonly [tag: string | null, writer: OutputWriter]>;
}

function chainOf(parts: readonly Part[], clock: ClockPort = new CostClock()): OperatorChain {
  const nodes = parts.map(({ operator, chainedOutputs = [] }, index): ChainNode => {
    const node: OperatorNode = {
      id: `op${index}` as OperatorId,
      uid: null,
      name: `op${index}`,
      role: 'operator',
      operatorType: 'Map',
      keyed: false,
      callSite: null,
      origin: null,
      chainedOutputs,
    };
    return new ChainNode(node, 'create' in operator ? operator.create() : operator, null, false);
  });
  parts.forEach(({ chainedOutputs = [], writers = [] }, index) => {
    const tags = new Set<string | null>([null]);
    for (const { outputTag } of chainedOutputs) tags.add(outputTag);
    for (const [tag] of writers) tags.add(tag);
    for (const tag of tags) {
      nodes[index]!.connect(
        tag,
        chainedOutputs.filter((o) => o.outputTag === tag).map((o) => nodes[o.target]!),
        writers.filter((w) => w[0] === tag).map((w) => new WriterPort(w[1])),
      );
    }
  });
  nodes.forEach((node, index) => {
    node.operator.open(
      createTestContext({
        operatorId: `op${index}`,
        taskInfo: {
          jobName: 'test',
          taskName: 'test',
          operatorName: `op${index}`,
          subtaskIndex: 0,
          parallelism: 1,
          maxParallelism: 128,
          attempt: 0,
        },
        time: new VirtualTime(0),
        keyedState: null,
        configuration: new Configuration(),
        restoredCheckpointId: null,
        wakeUp: () => undefined,
        fail: () => undefined,
      }),
    );
  });
  return new OperatorChain(nodes, clock, 0);
}

function rows(...values: unknown[]): Batch {
  const count = values.length;
  return { kind: 'objects', count, rows: values, timestamps: null, keyHashes: null };
}

const next = [{ target: 1, outputTag: null }];
const FOREVER = Number.POSITIVE_INFINITY;

describe('a chain', () => {
  it('takes rows and control elements through all operators in order', () => {
    const writer = new FakeWriter();
    const chain = chainOf([
      { operator: mapFactory((value: number) => value * 2), chainedOutputs: next },
      { operator: filterFactory((value: number) => value > 2), writers: [[null, writer]] },
    ]);
    chain.offer(rows(1, 2, 3));
    chain.offer({ kind: 'watermark', timestampMs: 7 });
    chain.offer(rows(4));
    chain.offer({ kind: 'endOfInput' });
    expect(chain.run(FOREVER)).toBe('idle');
    expect(writer.content).toEqual([4, 6, 'watermark', 8, 'endOfInput']);
    expect(chain.nodes.map((node) => [node.recordsIn, node.recordsOut])).toEqual([
      [4, 4],
      [4, 3],
    ]);
    expect(chain.nodes[1]?.outputWatermarkMs).toBe(7);
  });

  it('is a tree: several children, side outputs, and some that nobody consumes', () => {
    const odd = new OutputTag<number>('odd');
    const unused = new OutputTag<number>('unused');
    const [main, mapped, oddWriter] = [new FakeWriter(), new FakeWriter(), new FakeWriter()];
    const split = processFactory<number, number>({
      processElement(value, context, out) {
        if (value % 2 === 1) context.output(odd, value);
        else out.collect(value);
        context.output(unused, value);
      },
    });
    const chain = chainOf([
      {
        operator: split,
        chainedOutputs: [
          { target: 1, outputTag: null },
          { target: 2, outputTag: 'odd' },
        ],
        writers: [[null, main]],
      },
      { operator: mapFactory((value: number) => -value), writers: [[null, mapped]] },
      { operator: mapFactory((value: number) => `odd ${value}`), writers: [[null, oddWriter]] },
    ]);
    chain.offer(rows(1, 2, 3, 4));
    chain.offer({ kind: 'watermark', timestampMs: 1 });
    expect(chain.run(FOREVER)).toBe('idle');
    expect(main.content).toEqual([2, 4, 'watermark']);
    expect(mapped.content).toEqual([-2, -4, 'watermark']);
    expect(oddWriter.content).toEqual(['odd 1', 'odd 3', 'watermark']);
  });

  it('stands still while a writer has no room, and loses nothing', () => {
    const writer = new FakeWriter();
    writer.room = 1;
    const many = flatMapFactory((value: number, out: { collect(row: number): void }) => {
      for (let i = 0; i < 2000; i++) out.collect(value);
    });
    const chain = chainOf([{ operator: many, writers: [[null, writer]] }]);
    chain.offer(rows(1, 2, 3));
    expect(chain.run(FOREVER)).toBe('blocked');
    expect(chain.blockedWriter?.writer.blockedOn).toBe(4);
    expect(chain.nodes[0]?.recordsIn).toBe(2);
    writer.room = FOREVER;
    expect(chain.run(FOREVER)).toBe('idle');
    expect(writer.content).toHaveLength(6000);
  });

  it('says what an operator waits for, and goes on when it can', () => {
    let room = 1;
    const sink: StreamOperator = {
      open() {},
      processBatch: (_batch, from, to) => {
        const end = Math.min(to, from + room);
        room -= end - from;
        return end;
      },
      processWatermark: () => true,
      externalWait: () => (room > 0 ? null : { callSite: 'disk', inFlight: 1, capacity: 1 }),
      close() {},
    };
    const chain = chainOf([
      { operator: mapFactory((value) => value), chainedOutputs: next },
      { operator: sink },
    ]);
    chain.offer(rows(1, 2, 3));
    expect(chain.run(FOREVER)).toBe('external');
    expect(chain.externalWait?.callSite).toBe('disk');
    room = 5;
    expect(chain.run(FOREVER)).toBe('idle');
    expect(chain.nodes[1]?.recordsIn).toBe(3);
  });

  it('cuts batches into slices of about 2 ms by what rows cost, and keeps to its budget', () => {
    const clock = new CostClock();
    const slices: number[] = [];
    const slow: StreamOperator = {
      open() {},
      processBatch(_batch: Batch, from: number, to: number, _out: OutputBuffer) {
        slices.push(to - from);
        clock.ms += (to - from) * 0.5;
        return to;
      },
      processWatermark: () => true,
      close() {},
    };
    const chain = chainOf([{ operator: slow }], clock);
    chain.offer(rows(...Array.from({ length: 1000 }, (_, i) => i)));
    expect(chain.run(20)).toBe('progressed');
    expect(clock.ms).toBeLessThanOrEqual(22);
    chain.run(FOREVER);
    expect(slices.slice(1).every((size) => size <= 4)).toBe(true);
    expect(slices.reduce((sum, size) => sum + size, 0)).toBe(1000);
  });

  it('lets a source emit at once what leaves within half a second', () => {
    const clock = new CostClock();
    const writer = new FakeWriter();
    const source: SourceStreamOperator = {
      open() {},
      stop() {},
      emitNext(out: OutputBuffer, rowsMax: number) {
        for (let i = 0; i < rowsMax; i++) out.emit(i, 0);
        return 'more';
      },
      processBatch: (_batch, _from, to) => to,
      processWatermark: () => true,
      close() {},
    };
    const chain = chainOf([{ operator: source, writers: [[null, writer]] }], clock);
    /** Rows of an emission that waits for `waitMs(rows)` until there is room. */
    const emission = (waitMs: (rows: number) => number): number => {
      const before = chain.head.recordsOut;
      chain.emitSource();
      const emitted = chain.head.recordsOut - before;
      writer.room = writer.elements.length;
      expect(chain.run(FOREVER)).toBe('blocked');
      clock.ms += waitMs(emitted);
      writer.room = FOREVER;
      expect(chain.run(FOREVER)).toBe('idle');
      return emitted;
    };
    const emissions = (waitMs: (rows: number) => number): number | undefined =>
      Array.from({ length: 15 }, () => emission(waitMs)).at(-1);
    expect(emissions((count) => count / 10_000)).toBe(1024);
    expect(emissions((count) => count * 10)).toBe(50);
    expect(emissions(() => 10_000)).toBe(1);
    expect(emissions((count) => count / 10_000)).toBe(1024);
  });

  it('fails with the first record that is no data', () => {
    class Flight {}
    const chain = chainOf([{ operator: mapFactory(() => new Flight()) }]);
    chain.offer(rows(1));
    expect(() => chain.run(FOREVER)).toThrow(
      expect.objectContaining({ code: 'CLASS_NOT_REGISTERED' }),
    );
  });

  it('refuses a watermark that goes back', () => {
    const chain = chainOf([{ operator: mapFactory((value) => value) }]);
    chain.offer({ kind: 'watermark', timestampMs: 9 });
    chain.offer({ kind: 'watermark', timestampMs: 8 });
    expect(() => chain.run(FOREVER)).toThrow(/went back/);
  });

  it('refuses an operator that neither works nor waits', () => {
    const stuck: StreamOperator = {
      open() {},
      processBatch: (batch, from) => Math.min(from, rowCount(batch)),
      processWatermark: () => true,
      close() {},
    };
    const chain = chainOf([{ operator: stuck }]);
    chain.offer(rows(1));
    expect(() => chain.run(FOREVER)).toThrow(/neither progressed nor waits/);
  });
});
