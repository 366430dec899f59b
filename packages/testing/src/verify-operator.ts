/**
 * Feeds an operator in every way that a task may, and compares what comes out each time: element by
 * element and in batches, with an output that is full on every other call, with a snapshot and a
 * restore into a fresh operator before each element, and, for keyed operators, with a change of the
 * parallelism at each step. After Hazelcast Jet's TestSupport.
 */
import { type EventTimeMs, hashKey, keyGroupOf, subtaskOf } from '@weir/core';
import type { OperatorFactory } from '@weir/runtime';
import { combineStates, type HarnessOptions, OperatorHarness } from './operator-harness.ts';
import type { OutputElement } from './output-recorder.ts';
import { VirtualTime } from './virtual-time.ts';

export type InputElement =
  | { readonly kind: 'record'; readonly value: unknown; readonly timestampMs: EventTimeMs | null }
  | { readonly kind: 'watermark'; readonly timestampMs: EventTimeMs }
  | { readonly kind: 'status'; readonly idle: boolean }
  /** Processing time goes on to this moment. */
  | { readonly kind: 'time'; readonly nowMs: number }
  | { readonly kind: 'endOfInput' };

export function record(
  value: unknown,
  timestampMs: EventTimeMs | null = null,
): InputElement & {
  readonly kind: 'record';
} {
  return { kind: 'record', value, timestampMs };
}

export function watermark(timestampMs: EventTimeMs): InputElement & OutputElement {
  return { kind: 'watermark', timestampMs };
}

export function status(idle: boolean): InputElement & OutputElement {
  return { kind: 'status', idle };
}

export function time(nowMs: number): InputElement {
  return { kind: 'time', nowMs };
}

export function side(
  tag: string,
  value: unknown,
  timestampMs: EventTimeMs | null = null,
): OutputElement {
  return { kind: 'side', tag, value, timestampMs };
}

export const END_OF_INPUT: InputElement & OutputElement = { kind: 'endOfInput' };

export interface VerifyOptions extends HarnessOptions {
  /** Key of a record: also verifies at changing parallelism. */
  readonly keyOf?: (value: unknown) => unknown;
  /**
   * `exact`: the whole order counts. `between-controls`: between two watermarks (or other control
   * elements) records may come in any order, side outputs too. Default `exact`.
   */
  readonly order?: 'exact' | 'between-controls';
  /** Asynchronous calls are awaited after each element, so that results have one order. */
  readonly drainEach?: boolean;
  /** Modes to leave out, each with a reason. */
  readonly without?: Readonly<Partial<Record<VerifyMode, string>>>;
}

export type VerifyMode =
  | 'one by one'
  | 'in batches'
  | 'in batches, output often full'
  | 'one by one, restored each time'
  | 'output often full, restored each time'
  | 'rescaled each time';

interface Mode {
  readonly batches: boolean;
  readonly grudging: boolean;
  readonly restore: boolean;
}

const MODES: ReadonlyArray<readonly [VerifyMode, Mode]> = [
  ['one by one', { batches: false, grudging: false, restore: false }],
  ['in batches', { batches: true, grudging: false, restore: false }],
  ['in batches, output often full', { batches: true, grudging: true, restore: false }],
  ['one by one, restored each time', { batches: false, grudging: false, restore: true }],
  ['output often full, restored each time', { batches: false, grudging: true, restore: true }],
];
const PARALLELISMS = [1, 3, 2, 5];

/** How the comparison is made: `expect(actual, mode).toEqual(expected)` of the test framework. */
export type Compare = (actual: unknown, expected: unknown, mode: VerifyMode) => void;

/**
 * Runs all modes and hands what came out to `compare`. Restoring forgets what operators do not
 * keep (the current watermark), so inputs should not rely on it right after a restore; watermarks
 * are therefore repeated to the fresh operator.
 */
export async function verifyOperator(
  factory: OperatorFactory,
  inputs: readonly InputElement[],
  expected: readonly OutputElement[],
  compare: Compare,
  options: VerifyOptions = {},
): Promise<void> {
  const order = options.order ?? 'exact';
  for (const [name, mode] of MODES) {
    if (options.without?.[name] !== undefined) continue;
    const output = await runMode(factory, inputs, mode, options);
    compare(arranged(output, order), arranged(expected, order), name);
  }
  const { keyOf } = options;
  if (keyOf === undefined || options.without?.['rescaled each time'] !== undefined) return;
  const output = await runRescaled(factory, inputs, keyOf, options);
  compare(
    arranged(output, 'between-controls'),
    arranged(expected, 'between-controls'),
    'rescaled each time',
  );
}

async function runMode(
  factory: OperatorFactory,
  inputs: readonly InputElement[],
  mode: Mode,
  options: VerifyOptions,
): Promise<OutputElement[]> {
  const clock = new VirtualTime(0);
  let harness = await OperatorHarness.open(factory, { ...options, time: clock });
  harness.grudging = mode.grudging;
  const output: OutputElement[] = [];
  let watermarkMs: number | null = null;
  let checkpointId = 0;
  for (const group of mode.batches ? grouped(inputs) : inputs.map((input) => [input])) {
    await feed(harness, group);
    if (!mode.restore && options.drainEach === true) await harness.drain();
    output.push(...harness.output.splice(0));
    const last = group.at(-1)!;
    if (last.kind === 'watermark') watermarkMs = last.timestampMs;
    if (!mode.restore || last.kind === 'endOfInput') continue;
    const state = await harness.snapshot(++checkpointId);
    await harness.close();
    harness = await OperatorHarness.open(factory, { ...options, time: clock, state });
    harness.grudging = mode.grudging;
    if (options.drainEach === true) {
      await harness.drain();
      output.push(...harness.output.splice(0));
    }
    harness.grudging = false;
    await remind(harness, watermarkMs);
    harness.grudging = mode.grudging;
  }
  await harness.close();
  return output;
}

async function runRescaled(
  factory: OperatorFactory,
  inputs: readonly InputElement[],
  keyOf: (value: unknown) => unknown,
  options: VerifyOptions,
): Promise<OutputElement[]> {
  const clock = new VirtualTime(0);
  const maxParallelism = options.maxParallelism ?? 128;
  const output: OutputElement[] = [];
  let subtasks = [await OperatorHarness.open(factory, { ...options, time: clock, maxParallelism })];
  let watermarkMs: number | null = null;
  for (const [step, input] of inputs.entries()) {
    if (input.kind === 'record') {
      const group = keyGroupOf(hashKey(keyOf(input.value)), maxParallelism);
      await feed(subtasks[subtaskOf(group, subtasks.length, maxParallelism)]!, [input]);
    } else {
      for (const subtask of subtasks) await feed(subtask, [input]);
    }
    // A control element comes out of every subtask; downstream combines them into one.
    const emitted = subtasks.map((subtask) => subtask.output.splice(0));
    output.push(...emitted.flat().filter(({ kind }) => isData(kind)));
    output.push(...emitted[0]!.filter(({ kind }) => !isData(kind)));
    if (input.kind === 'watermark') watermarkMs = input.timestampMs;
    if (input.kind === 'endOfInput') continue;
    const states = [];
    for (const subtask of subtasks) {
      states.push(await subtask.snapshot(step + 1));
      await subtask.close();
    }
    const state = combineStates(states);
    const parallelism = PARALLELISMS[step % PARALLELISMS.length]!;
    subtasks = [];
    for (let subtask = 0; subtask < parallelism; subtask++) {
      const place = { subtask, parallelism, maxParallelism };
      const opened = await OperatorHarness.open(factory, {
        ...options,
        ...place,
        time: clock,
        state,
      });
      await remind(opened, watermarkMs);
      subtasks.push(opened);
    }
  }
  for (const subtask of subtasks) await subtask.close();
  return output;
}

/** A restored operator hears the watermark again from upstream, as a job's sources repeat it. */
async function remind(harness: OperatorHarness, watermarkMs: number | null): Promise<void> {
  if (watermarkMs === null) return;
  await harness.watermark(watermarkMs);
  harness.output.splice(0);
}

async function feed(harness: OperatorHarness, group: readonly InputElement[]): Promise<void> {
  const first = group[0]!;
  switch (first.kind) {
    case 'record': {
      const records = group as ReadonlyArray<InputElement & { kind: 'record' }>;
      await harness.processBatch(
        records.map(({ value }) => value),
        records.map(({ timestampMs }) => timestampMs),
      );
      return;
    }
    case 'watermark':
      return harness.watermark(first.timestampMs);
    case 'status':
      return harness.status(first.idle);
    case 'time':
      return harness.timeTo(first.nowMs);
    case 'endOfInput':
      return harness.endInput();
  }
}

/** Consecutive records together, everything else alone. */
function grouped(inputs: readonly InputElement[]): InputElement[][] {
  const groups: InputElement[][] = [];
  for (const input of inputs) {
    const last = groups.at(-1);
    if (input.kind === 'record' && last?.[0]?.kind === 'record') last.push(input);
    else groups.push([input]);
  }
  return groups;
}

function isData(kind: OutputElement['kind']): boolean {
  return kind === 'record' || kind === 'side' || kind === 'batch';
}

/** Where order is free, elements are sorted between control elements. */
function arranged(
  output: readonly OutputElement[],
  order: 'exact' | 'between-controls',
): unknown[] {
  if (order === 'exact') return [...output];
  const arrangedOutput: OutputElement[] = [];
  let run: OutputElement[] = [];
  const flush = (): void => {
    run.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
    arrangedOutput.push(...run);
    run = [];
  };
  for (const element of output) {
    if (isData(element.kind)) {
      run.push(element);
      continue;
    }
    flush();
    arrangedOutput.push(element);
  }
  flush();
  return arrangedOutput;
}
