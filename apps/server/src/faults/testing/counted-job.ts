/**
 * A job whose output says whether anything was lost or doubled: numbers from two splits, counted by
 * key, into an exactly-once sink. It ends by itself; paced, so that crashes land in its middle.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';

const KEYS = 10;

/** Each of the two splits holds the numbers of its parity below `count`, about 1,000 a second. */
export function countedJob(count: number, folder: string): string {
  return `import { FileSink } from '@weir/connector-files';
import {
  type Collector, type KeyedProcessContext, KeyedProcessFunction, type Source,
  StreamExecutionEnvironment, type ValueState, ValueStateDescriptor, WatermarkStrategy, types,
} from '@weir/datastream';

interface Split { readonly splitId: string; readonly next: number }
const splits: readonly Split[] = [{ splitId: '0', next: 0 }, { splitId: '1', next: 1 }];
const numbers: Source<number, Split> = {
  boundedness: 'BOUNDED',
  producedType: types.f64(),
  splitType: types.object({ splitId: types.string(), next: types.f64() }),
  discoveryIntervalMs: null,
  discoverSplits: async () => splits,
  ownerOf: (split, parallelism) => Number(split.splitId) % parallelism,
  createReader(context) {
    const owned = new Map<string, number>();
    let credit = 0;
    let timer: NodeJS.Timeout | null = null;
    return {
      start() {
        timer = setInterval(() => { credit = 5; context.wakeUp(); }, 5);
      },
      addSplits(added) { for (const { splitId, next } of added) owned.set(splitId, next); },
      pollNext(output) {
        for (const [splitId, next] of owned) {
          if (next >= ${count}) continue;
          if (credit === 0 || output.room === 0) return 'NOTHING_AVAILABLE';
          credit--;
          output.collect(next, next, splitId);
          owned.set(splitId, next + 2);
          return 'MORE_AVAILABLE';
        }
        return 'END_OF_INPUT';
      },
      snapshotState: () => [...owned].map(([splitId, next]) => ({ splitId, next })),
      close() { if (timer !== null) clearInterval(timer); },
    };
  },
};

class Counts extends KeyedProcessFunction<number, number, { n: number; seen: number }> {
  #seen: ValueState<number> | null = null;
  open(): void {
    this.#seen = this.getRuntimeContext().getState(new ValueStateDescriptor<number>('seen'));
  }
  processElement(
    n: number,
    _: KeyedProcessContext<number>,
    out: Collector<{ n: number; seen: number }>,
  ): void {
    const seen = (this.#seen!.value() ?? 0) + 1;
    this.#seen!.update(seen);
    out.collect({ n, seen });
  }
}

const env = StreamExecutionEnvironment.getExecutionEnvironment();
env.fromSource(numbers, WatermarkStrategy.noWatermarks(), 'numbers').uid('numbers')
  .keyBy((n) => n % ${KEYS})
  .process(new Counts()).uid('counts')
  .sinkTo(FileSink.jsonLines(${JSON.stringify(folder)})).uid('file');
await env.execute('counted');
`;
}

/** Options with which it checkpoints often and restarts at once. */
export const COUNTED_CONFIGURATION = {
  'parallelism.default': '2',
  'execution.checkpointing.interval': '40 ms',
  'restart-strategy.type': 'fixed-delay',
  'restart-strategy.fixed-delay.attempts': '1000',
  'restart-strategy.fixed-delay.delay': '1 ms',
} as const;

interface Row {
  readonly n: number;
  readonly seen: number;
}

/** Committed rows only: what a reader of the folder sees. */
export function committedRows(folder: string): readonly Row[] {
  return readdirSync(folder)
    .filter((name) => !name.startsWith('.'))
    .flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n'))
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Row);
}

/** Every number once, and every key counted without a gap. */
export function expectExactlyOnce(folder: string, count: number): void {
  const rows = committedRows(folder);
  const numbers = rows.map(({ n }) => n).sort((a, b) => a - b);
  expect(numbers).toEqual(Array.from({ length: count }, (_, n) => n));
  const perKey = count / KEYS;
  for (let key = 0; key < KEYS; key++) {
    const seen = rows.filter(({ n }) => n % KEYS === key).map((row) => row.seen);
    expect(seen.sort((a, b) => a - b)).toEqual(Array.from({ length: perKey }, (_, i) => i + 1));
  }
}
