/**
 * Feeds a sink in every way that a task may, and compares what is visible outside in the end: record
 * by record and in batches, with checkpoints that complete, that are aborted and whose completion is
 * never heard of, with a crash after each step, and at a parallelism that changes at each step.
 */
import type { OperatorFactory } from '@weir/runtime';
import {
  combineStates,
  type HarnessOptions,
  type HarnessState,
  OperatorHarness,
} from './operator-harness.ts';
import { VirtualTime } from './virtual-time.ts';

export type VerifySinkMode =
  | 'one by one'
  | 'in batches'
  | 'every other checkpoint is aborted'
  | 'crashes before each notification'
  | 'crashes after each notification'
  | 'crashes with records in hand'
  | 'rescaled each time';

/** How the comparison is made: `expect(actual, mode).toEqual(expected)` of the test framework. */
export type CompareSink = (actual: unknown, expected: unknown, mode: VerifySinkMode) => void;

/** A sink, and what may be seen of it from outside. A new one for each mode. */
export interface SinkUnderTest {
  readonly factory: OperatorFactory;
  /** Everything that a reader of committed records sees, in any order. */
  visible(): readonly unknown[] | Promise<readonly unknown[]>;
}

const PARALLELISMS = [1, 3, 2, 5];

interface Mode {
  readonly batch: number;
  readonly aborts: boolean;
  readonly crash: 'never' | 'before notification' | 'after notification' | 'with records in hand';
}

const PLAIN: Mode = { batch: 1, aborts: false, crash: 'never' };
const MODES: ReadonlyArray<readonly [VerifySinkMode, Mode]> = [
  ['one by one', PLAIN],
  ['in batches', { ...PLAIN, batch: 7 }],
  ['every other checkpoint is aborted', { ...PLAIN, aborts: true }],
  ['crashes before each notification', { ...PLAIN, crash: 'before notification' }],
  ['crashes after each notification', { ...PLAIN, crash: 'after notification' }],
  ['crashes with records in hand', { ...PLAIN, crash: 'with records in hand' }],
];

/**
 * Runs all modes: each of `values` is to be visible once, whatever happened. After a crash what the
 * last checkpoint did not count is fed again, as sources do.
 */
export async function verifySink(
  create: () => SinkUnderTest,
  values: readonly unknown[],
  compare: CompareSink,
  options: HarnessOptions = {},
): Promise<void> {
  for (const [name, mode] of MODES) {
    const sink = create();
    await runMode(sink.factory, values, mode, options);
    compare(sorted(await sink.visible()), sorted(values), name);
  }
  const sink = create();
  await runRescaled(sink.factory, values, options);
  compare(sorted(await sink.visible()), sorted(values), 'rescaled each time');
}

async function runMode(
  factory: OperatorFactory,
  values: readonly unknown[],
  mode: Mode,
  options: HarnessOptions,
): Promise<void> {
  const time = new VirtualTime(0);
  let attempt = 0;
  let harness = await OperatorHarness.open(factory, { ...options, time });
  const restart = async (state: HarnessState): Promise<void> => {
    const next = { ...options, time, state, attempt: ++attempt };
    harness = await OperatorHarness.open(factory, next);
  };
  for (let from = 0, id = 1; from < values.length; from += mode.batch, id++) {
    const rows = values.slice(from, from + mode.batch);
    await feed(harness, rows);
    const state = await harness.snapshot(id);
    if (mode.crash === 'before notification') await restart(state);
    else if (!(mode.aborts && id % 2 === 1)) await harness.notifyCheckpointComplete(id);
    if (mode.crash === 'after notification') await restart(state);
    if (mode.crash === 'with records in hand') {
      // What comes next reaches the sink, is lost with the process, and comes again.
      await feed(harness, values.slice(from + mode.batch, from + 2 * mode.batch));
      await restart(state);
    }
  }
  await end(harness, values.length + 1);
}

async function runRescaled(
  factory: OperatorFactory,
  values: readonly unknown[],
  options: HarnessOptions,
): Promise<void> {
  const time = new VirtualTime(0);
  let subtasks = [await OperatorHarness.open(factory, { ...options, time })];
  let id = 0;
  for (const [at, value] of values.entries()) {
    await feed(subtasks[at % subtasks.length]!, [value]);
    const states: HarnessState[] = [];
    id++;
    for (const subtask of subtasks) states.push(await subtask.snapshot(id));
    for (const subtask of subtasks) await subtask.close();
    const parallelism = PARALLELISMS[at % PARALLELISMS.length]!;
    const restored = { ...options, time, state: combineStates(states), attempt: at + 1 };
    subtasks = [];
    for (let subtask = 0; subtask < parallelism; subtask++) {
      subtasks.push(await OperatorHarness.open(factory, { ...restored, subtask, parallelism }));
    }
  }
  for (const subtask of subtasks) await end(subtask, id + 1);
}

async function feed(harness: OperatorHarness, rows: readonly unknown[]): Promise<void> {
  if (rows.length === 0) return;
  await harness.processBatch(
    rows,
    rows.map(() => null),
  );
}

/** As a job ends: a last checkpoint, then its commit. */
async function end(harness: OperatorHarness, checkpointId: number): Promise<void> {
  await harness.endInput();
  await harness.snapshot(checkpointId, true);
  await harness.notifyCheckpointComplete(checkpointId);
  await harness.close();
}

function sorted(values: readonly unknown[]): string[] {
  return values.map((value) => JSON.stringify(value)).sort();
}
