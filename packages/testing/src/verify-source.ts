/**
 * Reads a source in every way that a task may, and compares what comes out each time: row by row
 * and in batches, with an output that is full on every other call, with a snapshot and a restore
 * before each call, and at a parallelism that changes at each step.
 */
import { invariant } from '@weir/core';
import type { OperatorFactory, SourceStreamOperator } from '@weir/runtime';
import {
  combineStates,
  type HarnessOptions,
  type HarnessState,
  OperatorHarness,
} from './operator-harness.ts';
import type { OutputElement } from './output-recorder.ts';
import { VirtualTime } from './virtual-time.ts';

export type VerifySourceMode =
  | 'row by row'
  | 'in batches'
  | 'output often full'
  | 'row by row, restored each time'
  | 'output often full, restored each time'
  | 'stopped and resumed each time'
  | 'rescaled each time';

/** How the comparison is made: `expect(actual, mode).toEqual(expected)` of the test framework. */
export type CompareSource = (actual: unknown, expected: unknown, mode: VerifySourceMode) => void;

export interface VerifySourceOptions extends HarnessOptions {
  /** `free`: what is read ahead in the background decides on the order of splits. Default `exact`. */
  readonly order?: 'exact' | 'free';
}

interface Mode {
  readonly rows: number;
  readonly grudging: boolean;
  readonly restore: boolean;
  readonly stops: boolean;
}

const PLAIN = { rows: 1, grudging: false, restore: false, stops: false };
const MODES: ReadonlyArray<readonly [VerifySourceMode, Mode]> = [
  ['row by row', PLAIN],
  ['in batches', { ...PLAIN, rows: 1024 }],
  ['output often full', { ...PLAIN, grudging: true }],
  ['row by row, restored each time', { ...PLAIN, restore: true }],
  ['output often full, restored each time', { ...PLAIN, grudging: true, restore: true }],
  ['stopped and resumed each time', { ...PLAIN, stops: true }],
];
const PARALLELISMS = [1, 3, 2, 5];
const STEPS_MAX = 10_000;

/**
 * Runs all modes over a bounded source and hands what came out to `compare`: in one order where one
 * subtask reads on, and, where readers are made anew in between, as the records alone, sorted,
 * since splits may then take turns in another way.
 */
export async function verifySource(
  factory: OperatorFactory,
  expected: readonly OutputElement[],
  compare: CompareSource,
  options: VerifySourceOptions = {},
): Promise<void> {
  for (const [name, mode] of MODES) {
    const output = await runMode(factory, mode, options);
    if (mode.restore || options.order === 'free') compare(records(output), records(expected), name);
    else compare(output, expected, name);
  }
  const output = await runRescaled(factory, options);
  compare(records(output), records(expected), 'rescaled each time');
}

async function runMode(
  factory: OperatorFactory,
  mode: Mode,
  options: HarnessOptions,
): Promise<OutputElement[]> {
  const time = new VirtualTime(0);
  let harness = await OperatorHarness.open(factory, { ...options, time });
  const output: OutputElement[] = [];
  for (let step = 1; step < STEPS_MAX; step++) {
    harness.grudging = mode.grudging;
    const source = harness.operator as SourceStreamOperator;
    if (mode.stops) {
      source.stop(false);
      invariant((await harness.emitNext(mode.rows)) !== 'more', 'a stopped source emits');
      source.resume?.();
    }
    const answer = await emitSome(harness, mode.rows);
    output.push(...harness.output.splice(0));
    if (answer === 'end') break;
    if (!mode.restore) continue;
    const state = await harness.snapshot(step);
    await harness.close();
    harness = await OperatorHarness.open(factory, { ...options, time, state });
  }
  await harness.close();
  return output;
}

async function runRescaled(
  factory: OperatorFactory,
  options: HarnessOptions,
): Promise<OutputElement[]> {
  const time = new VirtualTime(0);
  const output: OutputElement[] = [];
  let state: HarnessState | undefined;
  for (let step = 1; step < STEPS_MAX; step++) {
    const parallelism = PARALLELISMS[step % PARALLELISMS.length]!;
    const states: HarnessState[] = [];
    let ended = 0;
    for (let subtask = 0; subtask < parallelism; subtask++) {
      const place = { ...options, subtask, parallelism, time };
      const restored = state === undefined ? place : { ...place, state };
      const harness = await OperatorHarness.open(factory, restored);
      if ((await emitSome(harness, 1)) === 'end') ended++;
      output.push(...harness.output);
      states.push(await harness.snapshot(step));
      await harness.close();
    }
    if (ended === parallelism) break;
    state = combineStates(states);
  }
  return output;
}

/** As often as it takes: a reader may have to wait for what it reads ahead. */
async function emitSome(harness: OperatorHarness, rows: number): Promise<'more' | 'end'> {
  for (let i = 0; i < STEPS_MAX; i++) {
    const before = harness.output.length;
    const answer = await harness.emitNext(rows);
    if (answer === 'end') return 'end';
    if (harness.output.length > before) return 'more';
  }
  invariant(false, 'a bounded source neither emits nor ends');
}

function records(output: readonly OutputElement[]): string[] {
  const data = output.filter(({ kind }) => kind === 'record' || kind === 'batch');
  return data.map((element) => JSON.stringify(element)).sort();
}
