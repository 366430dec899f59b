/** The job of a verdict case: built as its plan says, well until its switch is turned on. */
import { setTimeout as delay } from 'node:timers/promises';
import {
  BlackholeSink,
  type DataStream,
  type SingleOutputStreamOperator,
  StreamExecutionEnvironment,
  WatermarkStrategy,
} from '@weir/datastream';
import { burn, Hoarder, SlowStore, Switch, Rememberer } from './culprits.ts';
import { HOT_KEY, type Plan, type Stage } from './plan.ts';
import { type Item, Supply, type SupplyOptions } from './supply.ts';

const env = StreamExecutionEnvironment.getExecutionEnvironment();
const [planText = '{}', file = ''] = env.args;
const plan = JSON.parse(planText) as Plan;
const trouble = new Switch(file);
const { kind, names, parallelism, supply, unitMs, keepsUp } = plan;

/** Of one subtask, per record: what is too much for the supply. */
const tooLongMs = (1000 * parallelism) / (supply * keepsUp);
const KEYS = 64;
/** Share of the supply that one key gets. */
const HOT = 0.95;
const JOIN_FLUSH_MS = 1500;
const HOARD = 350_000;
const LOOK_UPS = 8;

env.setParallelism(parallelism);
if (plan.checkpointMs > 0) env.enableCheckpointing(plan.checkpointMs);

function source(name: string, options: Partial<SupplyOptions> = {}, splits = parallelism) {
  const perReader = supply / splits / 1000;
  const from = new Supply(splits, {
    tellsBacklog: plan.tellsBacklog,
    due: (elapsedMs) => elapsedMs * perReader,
    readRate: () => null,
    keyOf: (n) => (n * 7919) % KEYS,
    ...options,
  });
  return env.fromSource(from, WatermarkStrategy.noWatermarks(), name).uid(name);
}

function through(stream: DataStream<Item>, stages: readonly Stage[]): DataStream<Item> {
  let at = stream;
  for (const { name, breaks } of stages) {
    at = (breaks ? at.rebalance() : at)
      .map((item) => ({ ...item, n: item.n + 1 }))
      .name(name)
      .uid(name);
  }
  return at;
}

/** A vertex of its own, so that what comes before it can wait for it. */
function map(
  stream: DataStream<Item>,
  name: string,
  work: (item: Item) => void,
): SingleOutputStreamOperator<Item> {
  return stream
    .rebalance()
    .map((item) => {
      work(item);
      return item;
    })
    .name(name)
    .uid(name);
}

function end(stream: DataStream<Item>, name = names.sink): void {
  stream.sinkTo(new BlackholeSink()).name(name).uid(name);
}

const costMs = () => (trouble.isOn ? tooLongMs : unitMs);

function slowMap(): void {
  const slow = map(through(source(names.source), plan.before), names.culprit, () => burn(costMs()));
  finish(slow);
}

function slowSink(): void {
  const batch = 5;
  const writeMs = () => (trouble.isOn ? tooLongMs : 0);
  const items = through(source(names.source), plan.before);
  if (plan.hasSideBranch)
    end(
      map(items, names.second, () => {}),
      names.other,
    );
  const store = new SlowStore(batch, writeMs);
  through(items, plan.after).rebalance().sinkTo(store).name(names.sink).uid(names.sink);
}

function slowLookUp(): void {
  const looked = through(source(names.source), plan.before)
    .rebalance()
    .asyncMap(
      async (item: Item) => {
        await delay(trouble.isOn ? tooLongMs * LOOK_UPS : 1);
        return item;
      },
      { mode: 'unordered', capacity: LOOK_UPS, callSite: names.service },
    )
    .name(names.culprit)
    .uid(names.culprit);
  finish(looked);
}

function hotKey(): void {
  const keyOf = (n: number) => (trouble.isOn && n % 100 < HOT * 100 ? HOT_KEY : (n * 7919) % KEYS);
  // Twice as much comes, and all that comes on top has one key.
  const due = (elapsedMs: number) => ((elapsedMs + trouble.onForMs) * supply) / parallelism / 1000;
  const workMs = (1000 / supply) * 0.8;
  const summed = through(source(names.source, { keyOf, due }), plan.before)
    .keyBy((item) => item.key)
    .reduce((left, right) => {
      burn(workMs);
      return { key: left.key, n: right.n };
    })
    .name(names.culprit)
    .uid(names.culprit);
  finish(summed);
}

/** Remembers much per key, and looks much of it up for each record. */
function slowState(): void {
  const looked = through(source(names.source), plan.before)
    .keyBy((item) => item.key)
    .process(new Rememberer(() => (trouble.isOn ? tooLongMs : 0)))
    .name(names.culprit)
    .uid(names.culprit);
  finish(looked);
}

function slowSource(): void {
  const readRate = () => (trouble.isOn ? (supply * keepsUp) / parallelism : null);
  finish(through(source(names.source, { tellsBacklog: true, readRate }), plan.before));
}

function garbage(): void {
  let hoarder: Hoarder | null = null;
  const hoarding = map(through(source(names.source), plan.before), names.culprit, () => {
    hoarder ??= new Hoarder(HOARD);
    // All the time, so that the collector goes through all that is kept again and again.
    if (trouble.isOn) hoarder.replaceFor(tooLongMs);
  });
  finish(hoarding);
}

/** A store that flushes for long at a checkpoint holds up the barrier that a join waits for. */
function longAlignment(): void {
  const fast = through(source(names.source), plan.before);
  const due = (elapsedMs: number) => elapsedMs / 20;
  const slow = source(names.other, { due }, 1).setParallelism(1);
  const flushMs = () => (trouble.isOn ? JOIN_FLUSH_MS : 0);
  slow
    .sinkTo(new SlowStore(1, () => 0, flushMs))
    .name(names.sink)
    .uid(names.sink)
    .setParallelism(1);
  const joined = fast
    .rebalance()
    .union(slow.rebalance())
    .map((item) => ({ ...item, n: -item.n }))
    .name(names.second)
    .uid(names.second);
  end(through(joined, plan.after), names.service);
}

/** A branch that takes most of the thread without being late itself, and one that needs the rest. */
function neighbour(): void {
  const heavyMs = 28;
  const everyMs = 40;
  const heavy = source(names.other, {
    tellsBacklog: false,
    due: (elapsedMs) => elapsedMs / everyMs,
  })
    .map((item) => {
      if (trouble.isOn) burn(heavyMs);
      return item;
    })
    .name(names.second)
    .uid(names.second);
  end(heavy, names.service);
  const workMs = (1000 / supply) * 0.45;
  end(map(source(names.source), names.culprit, () => burn(workMs)));
}

function twoInARow(): void {
  const first = map(through(source(names.source), plan.before), names.culprit, () =>
    burn(trouble.isOn ? tooLongMs * 0.8 : unitMs),
  );
  if (plan.secondWaits) {
    const second = first
      .rebalance()
      .asyncMap(
        async (item: Item) => {
          await delay(trouble.isOn ? tooLongMs * LOOK_UPS * 1.3 : 1);
          return item;
        },
        { capacity: LOOK_UPS, callSite: names.service },
      )
      .name(names.second)
      .uid(names.second);
    end(second);
    return;
  }
  const second = map(first, names.second, () => burn(trouble.isOn ? tooLongMs * 1.3 : unitMs));
  end(second.slotSharingGroup('second'));
}

function healthy(): void {
  const share = 0.3 * parallelism;
  const work = map(through(source(names.source), plan.before), names.culprit, () =>
    burn((share * 1000) / supply),
  );
  finish(work);
}

/** Now and then much comes at once, and is worked off in a while. */
function bursty(): void {
  const workMs = 2;
  const perBurst = plan.burstMs / workMs;
  const due = (elapsedMs: number) =>
    Math.floor(elapsedMs / plan.burstEveryMs) * perBurst + (elapsedMs / 1000) * 20;
  finish(map(source(names.source, { due }), names.culprit, () => burn(workMs)));
}

function finish(stream: DataStream<Item>): void {
  if (plan.hasSideBranch)
    end(
      map(stream, names.second, () => {}),
      names.other,
    );
  end(through(stream, plan.after));
}

const JOBS: Readonly<Record<Plan['kind'], () => void>> = {
  'slow-map': slowMap,
  'slow-sink': slowSink,
  'slow-look-up': slowLookUp,
  'hot-key': hotKey,
  'slow-state': slowState,
  'slow-source': slowSource,
  garbage,
  'long-alignment': longAlignment,
  neighbour,
  'two-in-a-row': twoInARow,
  healthy,
  bursty,
};

JOBS[kind]();
await env.execute(names.job);
