/**
 * Jobs that go wrong while they run, beside one that does not: the failure is told with operator
 * and line, and nobody else notices.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HEALTHY, programOf } from './testing/fault-programs.ts';
import { childrenOf, ServerProcess, until, Workspace } from './testing/server-process.ts';

interface Fault {
  readonly what: string;
  readonly body: string;
  readonly configuration?: Readonly<Record<string, string>>;
  /** Name of the operator that is to blame. */
  readonly operator: string;
  /** The error and what to do about it. */
  readonly says: readonly RegExp[];
}

const DROPPED = 'more lines were printed and dropped';
const HEAP_ADVICE = /ran out of heap.*keep less .* or give slots more with taskmanager\.memory/s;

const FAULTS: readonly Fault[] = [
  {
    what: 'grows a Map without bound, in many small pieces',
    body: `const kept = new Map<number, unknown>();
stream.map((n) => { // <- here
  for (let i = 0; i < 1000; i++) kept.set(kept.size, new Array(500).fill(n));
  return n;
}).name('grower').print();`,
    configuration: { 'taskmanager.memory.task.heap.size': '32mb' },
    operator: 'grower',
    says: [HEAP_ADVICE],
  },
  {
    what: 'grows a Map without bound, until its table alone aborts the process',
    body: `const kept = new Map<number, number>();
stream.map((n) => { // <- here
  for (let i = 0; i < 10_000; i++) kept.set(kept.size, n);
  return n;
}).name('grower').print();`,
    configuration: { 'taskmanager.memory.task.heap.size': '100mb' },
    operator: 'grower',
    says: [HEAP_ADVICE],
  },
  {
    what: 'loops forever',
    body: `stream.map(function turns(n) {
  for (;;) n = (n * 31 + 1) % 1000003; // <- here
}).name('looper').print();`,
    configuration: { 'heartbeat.timeout': '1 s' },
    operator: 'looper',
    says: [/did not return to its event loop for [\d.]+ s.*Split long computations, or raise/],
  },
  {
    what: 'waits for a lock forever',
    body: `const lock = new Int32Array(new SharedArrayBuffer(4));
stream.map(function waits(n) {
  Atomics.wait(lock, 0, 0); // <- here
  return n;
}).name('waiter').print();`,
    configuration: { 'heartbeat.timeout': '1 s' },
    operator: 'waiter',
    says: [/did not return to its event loop/],
  },
  {
    what: 'is lost in a regular expression',
    body: `stream.map((n) => /^(a+)+$/.test('a'.repeat(40) + 'b')).name('matcher').print(); // <- here`,
    configuration: { 'heartbeat.timeout': '1 s' },
    operator: 'matcher',
    says: [/did not return to its event loop/],
  },
  {
    what: 'calls process.exit',
    body: `stream.map((n) => {
  process.exit(3); // <- here
}).name('leaver').print();`,
    operator: 'leaver',
    says: [/called process\.exit\(3\); to end a job, let its sources end or cancel it/],
  },
  {
    what: 'calls process.exit and catches what that throws',
    body: `stream.map((n) => {
  try { process.exit(4); } catch { return n; } // <- here
}).name('leaver').print();`,
    operator: 'leaver',
    says: [/called process\.exit\(4\); to end a job/],
  },
  {
    what: 'kills its own process',
    body: `stream.map((n) => { // <- here
  if (n > 40) process.kill(process.pid, 'SIGKILL');
  for (const endMs = Date.now() + 20; Date.now() < endMs;);
  return n;
}).name('killer').print();`,
    operator: 'killer',
    says: [/the TaskManager was killed \(SIGKILL\)/],
  },
  {
    what: 'returns a promise from map',
    body: `stream.map(async (n) => n + 1).name('promiser').print(); // <- here`,
    operator: 'promiser',
    says: [/returned a promise.*make the function synchronous, or use asyncMap/],
  },
  {
    what: 'returns a promise from filter',
    body: `const passes = (async (n: number) => n > 1) as unknown as (n: number) => boolean;
stream.filter(passes).name('promiser').print(); // <- here`,
    operator: 'promiser',
    says: [/returned a promise.*use asyncMap/],
  },
  {
    what: 'emits an unregistered class within a thread',
    body: `class Money { constructor(readonly cents: number) {} }
stream.map((n) => new Money(n)).name('teller').map((m) => m.cents).print(); // <- here`,
    operator: 'teller',
    says: [/instance of the class Money, which is not registered; call registerClass\(Money\)/],
  },
  {
    what: 'emits an unregistered class across threads',
    body: `class Money { constructor(readonly cents: number) {} }
const paid = stream.map((n) => new Money(n)).name('teller'); // <- here
paid.rebalance().map((m) => m.cents).setParallelism(2).print();`,
    operator: 'teller',
    says: [/instance of the class Money, which is not registered/],
  },
  {
    what: 'emits an unregistered class deep in a record',
    body: `class Money { constructor(readonly cents: number) {} }
const paid = stream.map((n) => ({ at: { money: [new Money(n)] } })).name('teller'); // <- here
paid.map((row) => row.at.money.length).print();`,
    operator: 'teller',
    says: [/the field at\.money\[0\] is an instance of the class Money/],
  },
  {
    what: 'keeps an unregistered class as state',
    body: `class Money { constructor(readonly cents: number) {} }
class Keeps extends KeyedProcessFunction<number, number, number> {
  processElement(n: number, c: KeyedProcessContext<number>, out: Collector<number>): void {
    this.getRuntimeContext().getState(new ValueStateDescriptor('m')).update(new Money(n));
  }
}
stream.keyBy((n) => n % 2).process(new Keeps()).name('keeper').print(); // <- here`,
    configuration: { 'execution.checkpointing.interval': '50 ms', 'restart-strategy.type': 'none' },
    operator: 'keeper',
    says: [/instance of the class Money, which is not registered/],
  },
  {
    what: 'throws a TypeError',
    body: `interface Row { readonly user?: { readonly name: string } }
const rows = stream.map((n): Row => ({})).name('rows');
rows.map((row) => {
  return row.user!.name; // <- here
}).name('namer').print();`,
    operator: 'namer',
    says: [/Cannot read properties of undefined \(reading 'name'\)/],
  },
  {
    what: 'throws something that is no error',
    body: `stream.map((n) => { throw 'just text'; }).name('thrower').print(); // <- here`,
    operator: 'thrower',
    says: [/failed: just text/],
  },
  {
    what: 'recurses without end',
    body: `const deep = (n: number): number => deep(n + 1) + 1; // <- here
stream.map(deep).name('deep').print();`,
    operator: 'deep',
    says: [/Maximum call stack size exceeded/],
  },
  {
    what: 'throws in open()',
    body: `class Opens extends AbstractRichFunction {
  open(): void { throw new Error('no licence'); } // <- here
  map(n: number): number { return n; }
}
stream.map(new Opens()).name('opener').print();`,
    operator: 'opener',
    says: [/no licence/],
  },
  {
    what: 'throws in close()',
    body: `class Closes extends AbstractRichFunction {
  close(): void { throw new Error('no farewell'); } // <- here
  map(n: number): number { return n; }
}
env.fromData(1, 2).map(new Closes()).name('closer').print();`,
    operator: 'closer',
    says: [/no farewell/],
  },
  {
    what: 'throws in a timer',
    body: `class Alarms extends KeyedProcessFunction<number, number, number> {
  processElement(n: number, context: KeyedProcessContext<number>): void {
    context.timerService().registerProcessingTimeTimer(Date.now() + 5);
  }
  onTimer(): void { throw new Error('rang'); } // <- here
}
stream.keyBy((n) => n % 2).process(new Alarms()).name('alarms').print();`,
    operator: 'alarms',
    says: [/rang/],
  },
  {
    what: 'rejects in an async map',
    body: `stream.asyncMap(async (n) => {
  throw new Error('no route to host'); // <- here
}, { callSite: 'airports' }).name('asker').print();`,
    operator: 'asker',
    says: [/no route to host/],
  },
  {
    what: 'throws in an async map before there is a promise',
    body: `stream.asyncMap((n): Promise<number> => {
  throw new Error('no client'); // <- here
}).name('asker').print();`,
    operator: 'asker',
    says: [/no client/],
  },
  {
    what: 'gets no answer in an async map',
    body: `stream
  .asyncMap(() => new Promise<number>(() => {}), { timeout: 100, callSite: 'airports' }) // <- here
  .name('asker').print();`,
    operator: 'asker',
    says: [/to airports took longer than 100 ms; raise the timeout, or make the called system/],
  },
  {
    what: 'throws in a source reader',
    body: `const broken: Source<number, Split> = {
  ...numbers,
  createReader: (context) => ({
    ...numbers.createReader(context),
    pollNext: () => { throw new Error('broker gone'); }, // <- here
  }),
};
env.fromSource(broken, WatermarkStrategy.noWatermarks(), 'broken').print();`,
    operator: 'broken',
    says: [/broker gone/],
  },
  {
    what: 'cannot discover its splits',
    body: `const broken: Source<number, Split> = {
  ...numbers,
  discoverSplits: async () => { throw new Error('unknown topic'); }, // <- here
};
env.fromSource(broken, WatermarkStrategy.noWatermarks(), 'broken').print();`,
    operator: 'broken',
    says: [/unknown topic/],
  },
  {
    what: 'cannot commit in its sink',
    body: `stream.sinkTo({
  committableType: types.string(),
  createWriter: async () => ({
    write: () => true, flush: async () => {}, prepareCommit: async () => ['x'],
    close: async () => {},
  }),
  createCommitter: () => ({
    commit: async () => { throw new Error('transaction unknown'); }, // <- here
  }),
}).name('committer');`,
    configuration: {
      'execution.checkpointing.interval': '100 ms',
      'restart-strategy.type': 'none',
    },
    operator: 'committer',
    says: [/transaction unknown/],
  },
  {
    what: 'throws in a key selector',
    body: `stream.keyBy((n): number => { throw new Error('no key'); }) // <- here
  .reduce((a, b) => a + b).name('sum').print();`,
    operator: 'numbers',
    says: [/the key selector failed: no key; it must return data/],
  },
  {
    what: 'lets a rejection go unhandled',
    body: `stream.map((n) => {
  void Promise.reject(new Error('lost')); // <- here
  return n;
}).name('careless').print();`,
    operator: 'careless',
    says: [/a promise of the job was rejected.*Error: lost; await it in asyncMap, or catch/],
  },
  {
    what: 'throws in a callback',
    body: `stream.map((n) => {
  setTimeout(() => { throw new Error('late'); }, 1); // <- here
  return n;
}).name('careless').print();`,
    operator: 'careless',
    says: [/a callback of the job threw.*Error: late; catch it there/],
  },
];

const workspace = new Workspace();
let server: ServerProcess;
let healthy = '';
let counted = 0;

beforeAll(async () => {
  server = await ServerProcess.start(workspace.dataDirectory);
  healthy = await server.submit(workspace.write('healthy.ts', HEALTHY));
  await server.reaches(healthy, 'RUNNING');
});

afterAll(async () => {
  const { pid } = server;
  await server.close();
  expect(childrenOf(pid)).toEqual([]);
});

/** Records that the healthy job's first task has read. */
async function recordsOfHealthy(): Promise<number> {
  const job = await server.get<{ vertices: { metrics: Record<string, number> }[] }>(
    `/jobs/${healthy}`,
  );
  return job.vertices[0]?.metrics['write-records'] ?? 0;
}

async function expectOthersUnharmed(): Promise<void> {
  await server.answersConsole();
  await until(
    async () => (await recordsOfHealthy()) > counted,
    () => `the healthy job stays at ${counted} records`,
  );
  counted = await recordsOfHealthy();
  expect(await server.info(healthy)).toMatchObject({ attempt: 0, restarts: 0 });
}

describe('a server with a job that', { timeout: 40_000 }, () => {
  it.each(FAULTS)('$what', async ({ what, body, configuration = {}, operator, says }) => {
    const { text, line } = programOf(body);
    const file = `${what.replaceAll(/\W+/g, '-')}.ts`;
    const jobId = await server.submit(workspace.write(file, text), { configuration });
    await server.reaches(jobId, 'FAILED', 30_000);
    const [exception] = await server.exceptions(jobId);
    const shown = exception?.stacktrace ?? '';
    expect(shown).toContain(operator);
    expect(shown, 'the line').toMatch(new RegExp(`${file.replace('.', '\\.')}:${line}\\b`));
    for (const words of says) expect(shown).toMatch(words);
    expect((await server.info(jobId)).pid).toBeNull();
    await expectOthersUnharmed();
  });

  it('dies three times before it runs: it is suspended, and can be cancelled', async () => {
    const { text } = programOf(`if (process.argv[1]?.includes('taskmanager')) {
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), 0);
  await new Promise(() => {});
}
stream.print();`);
    const jobId = await server.submit(workspace.write('dies.ts', text), {
      configuration: {
        'restart-strategy.type': 'fixed-delay',
        'restart-strategy.fixed-delay.attempts': '100',
        'restart-strategy.fixed-delay.delay': '1 ms',
      },
    });
    await server.reaches(jobId, 'SUSPENDED', 30_000);
    const exceptions = await server.exceptions(jobId);
    expect(exceptions[0]?.stacktrace).toMatch(
      /died 3 times in a row before all tasks ran.*Remove the cause\. Start it anew.*then cancel this one.*SIGKILL/s,
    );
    await server.cancel(jobId);
    await server.reaches(jobId, 'CANCELED');
    await expectOthersUnharmed();
  });

  it('fails again and again: its restart strategy gives up, with the last cause', async () => {
    const { text, line } = programOf(`stream.map((n) => {
  throw new Error('always'); // <- here
}).name('stubborn').print();`);
    const jobId = await server.submit(workspace.write('stubborn.ts', text), {
      configuration: {
        'restart-strategy.type': 'fixed-delay',
        'restart-strategy.fixed-delay.attempts': '2',
        'restart-strategy.fixed-delay.delay': '1 ms',
      },
    });
    await server.reaches(jobId, 'FAILED', 30_000);
    expect(await server.info(jobId)).toMatchObject({ attempt: 2, restarts: 2 });
    const exceptions = await server.exceptions(jobId);
    expect(exceptions).toHaveLength(3);
    for (const { stacktrace } of exceptions) {
      expect(stacktrace).toMatch(new RegExp(`"stubborn" failed at .*stubborn.ts:${line}: always`));
    }
    await expectOthersUnharmed();
  });

  it('prints as fast as it can: states, checkpoints and cancellation get through', async () => {
    const { text } = programOf(`stream.flatMap((n, out: Collector<number>) => {
  for (let i = 0; i < 2000; i++) out.collect(i);
}).print();`);
    const jobId = await server.submit(workspace.write('prints.ts', text), {
      configuration: { 'execution.checkpointing.interval': '100 ms' },
    });
    await until(
      async () => {
        const { counts } = await server.get<{ counts: { completed: number } }>(
          `/jobs/${jobId}/checkpoints`,
        );
        return counts.completed >= 3;
      },
      () => 'no checkpoint completes',
    );
    await until(
      async () => (await server.text(`/weir/v1/jobs/${jobId}/logs?limit=5000`)).includes(DROPPED),
      () => 'nothing says that lines were dropped',
    );
    await server.cancel(jobId);
    await server.reaches(jobId, 'CANCELED');
    await expectOthersUnharmed();
  });

  it('ignores its cancellation: no process is left', async () => {
    const { text } = programOf(`stream.map((n) => {
  console.log('in');
  for (;;) n++;
}).print();`);
    const jobId = await server.submit(workspace.write('deaf.ts', text), {
      configuration: { 'task.cancellation.timeout': '100 ms' },
    });
    await until(
      async () => (await server.text(`/weir/v1/jobs/${jobId}/logs`)).includes('"in"'),
      () => 'the job does not begin',
    );
    const { pid } = await server.info(jobId);
    await server.cancel(jobId);
    await server.reaches(jobId, 'CANCELED');
    expect(server.children()).not.toContain(pid);
    await expectOthersUnharmed();
  });
});
