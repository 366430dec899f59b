import type { RichFunction, RuntimeContext, SinkContext } from '@weir/core';
import { expect, it, vi } from 'vitest';
import { CollectionSource, PrintSink, RichMapFunction } from './index.ts';
import { keyedFilter, keyedFlatMap, keyedMap } from './keyed-functions.ts';

const context = { taskInfo: { subtaskIndex: 1, parallelism: 2 } } as RuntimeContext;

class Tagged extends RichMapFunction<number, string> {
  #tag = '';

  override open(): void {
    this.#tag = String(this.getRuntimeContext().taskInfo.subtaskIndex);
  }

  map(value: number): string {
    return `${this.#tag}:${value}`;
  }
}

it('a rich function has its runtime context in open, which need not call super', () => {
  const fn = new Tagged();
  expect(() => fn.getRuntimeContext()).toThrow('there from open() on');
  void (fn as RichFunction).open?.(context);
  expect(fn.map(7)).toBe('1:7');
});

it('keyed map, flatMap and filter open, call and close the function', () => {
  const out = { records: [] as unknown[], collect: (r: unknown) => void out.records.push(r) };
  const open = vi.fn();
  const close = vi.fn();
  const process = [
    keyedMap<string, number, number>({ open, close, map: (n) => n * 2 }),
    keyedFlatMap<string, number, number>({
      open,
      close,
      flatMap: (n, to) => [n, n].forEach(to.collect, to),
    }),
    keyedFilter<string, number>({ open, close, filter: (n) => n > 1 }),
  ];
  for (const fn of process) {
    void fn.open?.(context);
    for (const n of [1, 2]) fn.processElement(n, {} as never, out);
    void fn.close?.();
  }
  expect(out.records).toEqual([2, 4, 1, 1, 2, 2, 2]);
  expect(open.mock.calls).toEqual([[context], [context], [context]]);
  expect(close).toHaveBeenCalledTimes(3);
});

it('print shows the subtask only where there are several', async () => {
  let text = '';
  const sink = new PrintSink<unknown>('sales', (part) => {
    text += part;
  });
  const two = sink.createWriter(context as unknown as SinkContext);
  two.write({ user: 'a' }, 0);
  two.write('plain', 0);
  await two.flush(false);
  const alone = { taskInfo: { subtaskIndex: 0, parallelism: 1 } } as SinkContext;
  const one = new PrintSink<number>('', (part) => {
    text += part;
  }).createWriter(alone);
  one.write(1, 0);
  await one.close();
  expect(text).toBe("sales:2> { user: 'a' }\nsales:2> plain\n1\n");
});

it('a collection goes on behind the last emitted item', async () => {
  const source = new CollectionSource(['a', 'b', 'c']);
  const emitted: string[] = [];
  const output = (room: number) => ({
    get room() {
      return room;
    },
    collect(record: string) {
      emitted.push(record);
      room--;
    },
  });
  const first = source.createReader();
  first.addSplits(await source.discoverSplits());
  expect(first.pollNext(output(2))).toBe('MORE_AVAILABLE');
  const restored = source.createReader();
  restored.addSplits(first.snapshotState(1));
  expect(restored.pollNext(output(2))).toBe('END_OF_INPUT');
  expect(emitted).toEqual(['a', 'b', 'c']);
  expect(source.createReader().pollNext(output(2))).toBe('END_OF_INPUT');
});
