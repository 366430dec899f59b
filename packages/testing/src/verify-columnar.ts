/**
 * Feeds an operator columnar batches in every way that a task may: whole and row by row, with an
 * output that is full on every other call, with a snapshot and a restore before each batch, and, for
 * keyed operators, at a parallelism that changes at each step. What comes out is compared as rows.
 */
import { type ColumnarBatch, hashKey, invariant, keyGroupOf, subtaskOf } from '@weir/core';
import { columnsToObjectsFactory, type OperatorFactory } from '@weir/runtime';
import { combineStates, type HarnessState, OperatorHarness } from './operator-harness.ts';

export type VerifyColumnarMode =
  | 'whole batches'
  | 'row by row'
  | 'output often full'
  | 'row by row, restored each time'
  | 'output often full, restored each time'
  | 'rescaled each time';

/** How the comparison is made: `expect(actual, mode).toEqual(expected)` of the test framework. */
export type CompareColumnar = (
  actual: unknown,
  expected: unknown,
  mode: VerifyColumnarMode,
) => void;

interface Mode {
  readonly rows: boolean;
  readonly grudging: boolean;
  readonly restore: boolean;
}

const MODES: ReadonlyArray<readonly [VerifyColumnarMode, Mode]> = [
  ['whole batches', { rows: false, grudging: false, restore: false }],
  ['row by row', { rows: true, grudging: false, restore: false }],
  ['output often full', { rows: false, grudging: true, restore: false }],
  ['row by row, restored each time', { rows: true, grudging: false, restore: true }],
  ['output often full, restored each time', { rows: true, grudging: true, restore: true }],
];
const PARALLELISMS = [1, 3, 2, 5];
const MAX_PARALLELISM = 128;

/** @param keyColumn of a keyed operator: also verifies at changing parallelism. */
export async function verifyColumnarOperator(
  factory: OperatorFactory,
  batches: readonly ColumnarBatch[],
  expected: readonly unknown[],
  compare: CompareColumnar,
  keyColumn: string | null = null,
): Promise<void> {
  for (const [name, mode] of MODES) compare(await runMode(factory, batches, mode), expected, name);
  if (keyColumn === null) return;
  const output = await runRescaled(factory, batches, keyColumn);
  compare(output, expected, 'rescaled each time');
}

async function runMode(
  factory: OperatorFactory,
  batches: readonly ColumnarBatch[],
  mode: Mode,
): Promise<unknown[]> {
  const output: unknown[] = [];
  let harness = await OperatorHarness.open(factory);
  for (const [step, batch] of (mode.rows ? batches.flatMap(singleRows) : batches).entries()) {
    harness.grudging = mode.grudging;
    await harness.feed(batch);
    output.push(...(await rowsOf(harness)));
    if (!mode.restore) continue;
    const state = await harness.snapshot(step + 1);
    await harness.close();
    harness = await OperatorHarness.open(factory, { state });
  }
  await harness.close();
  return output;
}

async function runRescaled(
  factory: OperatorFactory,
  batches: readonly ColumnarBatch[],
  keyColumn: string,
): Promise<unknown[]> {
  const output: unknown[] = [];
  const place = { maxParallelism: MAX_PARALLELISM };
  let subtasks = [await OperatorHarness.open(factory, place)];
  for (const [step, row] of batches.flatMap(singleRows).entries()) {
    const group = keyGroupOf(hashKey(await keyOf(row, keyColumn)), MAX_PARALLELISM);
    const harness = subtasks[subtaskOf(group, subtasks.length, MAX_PARALLELISM)]!;
    await harness.feed(row);
    output.push(...(await rowsOf(harness)));
    const states: HarnessState[] = [];
    for (const subtask of subtasks) states.push(await subtask.snapshot(step + 1));
    for (const subtask of subtasks) await subtask.close();
    const parallelism = PARALLELISMS[step % PARALLELISMS.length]!;
    const restored = { ...place, parallelism, state: combineStates(states) };
    subtasks = [];
    for (let subtask = 0; subtask < parallelism; subtask++) {
      subtasks.push(await OperatorHarness.open(factory, { ...restored, subtask }));
    }
  }
  for (const subtask of subtasks) await subtask.close();
  return output;
}

/** Batches of one row each, over the same columns. */
function singleRows(batch: ColumnarBatch): ColumnarBatch[] {
  const rows = batch.selection ?? Int32Array.from({ length: batch.count }, (_, row) => row);
  return Array.from(rows, (row) => ({ ...batch, selection: Int32Array.of(row) }));
}

async function keyOf(row: ColumnarBatch, column: string): Promise<unknown> {
  const border = await OperatorHarness.open(columnsToObjectsFactory());
  await border.feed(row);
  const [value] = border.values as Record<string, unknown>[];
  invariant(value !== undefined && column in value, 'no such key column', { column });
  return value[column];
}

/** Takes what the operator emitted, columns as objects. */
async function rowsOf(harness: OperatorHarness): Promise<unknown[]> {
  const border = await OperatorHarness.open(columnsToObjectsFactory());
  const rows: unknown[] = [];
  for (const element of harness.output.splice(0)) {
    if (element.kind === 'record') rows.push(element.value);
    if (element.kind !== 'batch') continue;
    await border.feed(element.batch);
    rows.push(...border.values);
    border.output.splice(0);
  }
  return rows;
}
