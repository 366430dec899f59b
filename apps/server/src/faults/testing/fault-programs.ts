/**
 * Job modules that go wrong, each in one way. `// <- here` marks the line that the message has to
 * name.
 */

/** What every program begins with: an endless source, 100 numbers a second and more. */
const PRELUDE = `import {
  AbstractRichFunction, type Collector, type KeyedProcessContext, KeyedProcessFunction,
  StreamExecutionEnvironment, type Source, ValueStateDescriptor, WatermarkStrategy, types,
} from '@weir/datastream';

interface Split { readonly splitId: string; readonly next: number }
const numbers: Source<number, Split> = {
  boundedness: 'CONTINUOUS_UNBOUNDED',
  producedType: types.f64(),
  splitType: types.object({ splitId: types.string(), next: types.f64() }),
  discoveryIntervalMs: null,
  discoverSplits: async () => [{ splitId: 'only', next: 0 }],
  ownerOf: () => 0,
  createReader(context) {
    let next = 0;
    let due = false;
    let timer: NodeJS.Timeout | null = null;
    return {
      start() {
        timer = setInterval(() => { due = true; context.wakeUp(); }, 10);
      },
      addSplits(splits) { for (const split of splits) next = split.next; },
      pollNext(output) {
        if (!due) return 'NOTHING_AVAILABLE';
        due = false;
        output.collect(next, Date.now(), 'only');
        next++;
        return 'NOTHING_AVAILABLE';
      },
      snapshotState: () => [{ splitId: 'only', next }],
      close() { if (timer !== null) clearInterval(timer); },
    };
  },
};
const env = StreamExecutionEnvironment.getExecutionEnvironment();
const stream = env.fromSource(numbers, WatermarkStrategy.noWatermarks(), 'numbers');
`;

const MARK = '// <- here';

export interface Program {
  readonly text: string;
  /** 1-based line of the mark. */
  readonly line: number;
}

/** `body` goes on from \`stream\`, a stream of numbers; the program executes itself. */
export function programOf(body: string): Program {
  return marked(`${PRELUDE}${body}\nawait env.execute('fault');\n`);
}

export function marked(text: string): Program {
  const line = text.split('\n').findIndex((one) => one.includes(MARK)) + 1;
  return { text, line };
}

/** A job that does nothing wrong, in two tasks. */
export const HEALTHY = programOf(
  `stream.rebalance().map((n) => n + 1).name('healthy').print();`,
).text;
