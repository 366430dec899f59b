import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DataInput, DataOutput, WatermarkStrategy } from '@weir/core';
import { csvFormat, jsonLinesFormat } from '@weir/formats';
import { sourceFactory } from '@weir/runtime';
import { record, verifySource } from '@weir/testing';
import { beforeEach, expect, it } from 'vitest';
import { FakeOutput, FakeSourceContext } from '../fakes/source-context.ts';
import { FileSource } from './file-source.ts';
import type { FileSplit } from './file-split.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'weir-file-source-'));
});

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

/** Reads until `records` were emitted or the input ended; returns the splits' positions then. */
async function read<T>(
  source: FileSource<T>,
  splits: readonly FileSplit[],
  output: FakeOutput<T>,
  context = new FakeSourceContext(),
): Promise<readonly FileSplit[]> {
  const reader = source.createReader(context);
  reader.addSplits(splits.map((split) => roundTrip(source, split)));
  await reader.start();
  for (;;) {
    const woken = context.woken();
    const status = reader.pollNext(output);
    if (status === 'END_OF_INPUT' || output.room === 0) break;
    if (status === 'NOTHING_AVAILABLE') await woken;
  }
  const positions = reader.snapshotState(1);
  await reader.close();
  return positions;
}

/** A split as it comes back out of a checkpoint. */
function roundTrip<T>(source: FileSource<T>, split: FileSplit): FileSplit {
  const output = new DataOutput();
  source.splitType.serialize(split, output);
  return source.splitType.deserialize(new DataInput(output.toBytes()));
}

it('reads the visible files of a folder, each a split', async () => {
  file('b.jsonl', '{"n":3}\n');
  file('a.jsonl', '{"n":1}\n\n{"n":2}');
  file('.hidden.jsonl', '{"n":4}\n');
  const source = FileSource.lines(folder, jsonLinesFormat<{ n: number }>());
  const splits = await source.discoverSplits();
  expect(splits.map((split) => split.splitId)).toEqual([
    join(folder, 'a.jsonl#0'),
    join(folder, 'b.jsonl#0'),
  ]);
  const output = new FakeOutput<{ n: number }>();
  await read(source, splits, output);
  expect(output.records).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }]);
  expect(output.finished).toEqual(splits.map((split) => split.splitId));
});

it('goes on behind the last emitted record, wherever it was stopped', async () => {
  file('a.csv', 'n,text\n1,"a\nb"\n2,zwölf\n3,"x""y"\n4,d\n5,e');
  const source = FileSource.lines(folder, csvFormat({ text: 'string', n: 'number' }));
  const initial = await source.discoverSplits();
  const whole = new FakeOutput<{ text: string; n: number | null }>();
  await read(source, initial, whole);
  expect(whole.records.map((r) => r.text)).toEqual(['a\nb', 'zwölf', 'x"y', 'd', 'e']);
  for (let stop = 0; stop <= 5; stop++) {
    const output = new FakeOutput<{ text: string; n: number | null }>();
    output.room = stop;
    const positions = stop === 0 ? initial : await read(source, initial, output);
    output.room = Number.POSITIVE_INFINITY;
    const last = await read(source, positions, output);
    expect(output.records).toEqual(whole.records);
    expect(last[0]?.finished).toBe(true);
  }
});

it('reads Parquet row groups as splits and resumes inside one', async () => {
  const vega = fileURLToPath(import.meta.resolve('vega-datasets'));
  const path = join(vega, '../../data/flights-3m.parquet');
  interface Row {
    date: number;
    origin: string;
  }
  const source = FileSource.parquet<Row>(path, ['date', 'origin']);
  const splits = await source.discoverSplits();
  expect(splits).toHaveLength(11);
  const split = { ...splits[10]!, position: 272_000 };
  const output = new FakeOutput<Row>();
  output.room = 100;
  const [stopped] = await read(source, [split], output);
  expect(stopped?.position).toBe(272_100);
  output.room = Number.POSITIVE_INFINITY;
  await read(source, [stopped!], output);
  expect(output.records.at(-1)).toMatchObject({ date: Date.parse('2001-07-01') });
  expect(new Set(output.records.map((row) => row.origin)).size).toBeGreaterThan(20);
});

it('says of each split where it stands and what is ahead', async () => {
  const vega = fileURLToPath(import.meta.resolve('vega-datasets'));
  const path = join(vega, '../../data/flights-3m.parquet');
  const parquet = FileSource.parquet(path, ['date']);
  const reader = parquet.createReader(new FakeSourceContext());
  const splits = await parquet.discoverSplits();
  reader.addSplits([
    { ...splits[0]!, position: 1000 },
    { ...splits[1]!, finished: true },
  ]);
  const [open, done] = reader.splitReports!();
  expect(open).toMatchObject({ splitId: splits[0]!.splitId, pendingMs: null, finished: false });
  expect(open!.position).toMatch(/^row 1,000 of \d{3},\d{3}$/);
  const rows = Number(open!.position!.split(' of ')[1]!.replace(',', ''));
  expect(open!.pendingRecords).toBe(rows - 1000);
  expect(done).toMatchObject({ pendingRecords: 0, pendingMs: 0, finished: true });

  const lines = FileSource.lines(file('x', '{}\n'), jsonLinesFormat());
  const textReader = lines.createReader(new FakeSourceContext());
  textReader.addSplits(await lines.discoverSplits());
  expect(textReader.splitReports!()).toMatchObject([{ pendingRecords: null, position: 'byte 0' }]);
});

it('spreads the row groups of a file over all subtasks', async () => {
  const source = FileSource.lines(file('x', ''), jsonLinesFormat());
  const split = (await source.discoverSplits())[0]!;
  const owners = [0, 1, 2, 3].map((rowGroup) => source.ownerOf({ ...split, rowGroup }, 4));
  expect(owners.toSorted()).toEqual([0, 1, 2, 3]);
});

it('names file and place of a record that it can not read', async () => {
  const path = file('bad.csv', 'n\n1\nx\n');
  const source = FileSource.lines(path, csvFormat({ n: 'number' }));
  const output = new FakeOutput<{ n: number | null }>();
  await expect(read(source, await source.discoverSplits(), output)).rejects.toThrow(
    `${path}, in the record that ends at byte 6: "x" is not a number`,
  );
});

it('says which path is missing', async () => {
  const source = FileSource.lines(join(folder, 'nowhere'), jsonLinesFormat());
  await expect(source.discoverSplits()).rejects.toMatchObject({ code: 'SOURCE_FAILED' });
});

it('waits for new files when it monitors its folder', async () => {
  file('a.jsonl', '1\n');
  const source = FileSource.lines(folder, jsonLinesFormat<number>()).monitorContinuously(1000);
  expect(source).toMatchObject({ boundedness: 'CONTINUOUS_UNBOUNDED', discoveryIntervalMs: 1000 });
  const context = new FakeSourceContext();
  const output = new FakeOutput<number>();
  const reader = source.createReader(context);
  reader.addSplits(await source.discoverSplits());
  await reader.start();
  const isRead = (count: number): boolean =>
    output.records.length >= count && reader.snapshotState(1).every((split) => split.finished);
  const until = async (count: number): Promise<void> => {
    for (;;) {
      const woken = context.woken();
      const status = reader.pollNext(output);
      if (isRead(count)) return;
      if (status === 'NOTHING_AVAILABLE') await woken;
    }
  };
  await until(1);
  expect(reader.pollNext(output)).toBe('NOTHING_AVAILABLE');
  file('b.jsonl', '2\n');
  const known = new Set(reader.snapshotState(1).map((split) => split.splitId));
  reader.addSplits((await source.discoverSplits()).filter((s) => !known.has(s.splitId)));
  await until(2);
  expect(output.records).toEqual([1, 2]);
  await reader.close();
});

it('gives a task each record once, however it is asked and wherever it begins again', async () => {
  for (const name of ['a', 'b', 'c']) {
    const lines = Array.from({ length: 7 }, (_, n) => `{"of":"${name}","n":${n}}\n`);
    file(`${name}.jsonl`, lines.join(''));
  }
  interface Row {
    readonly of: string;
    readonly n: number;
  }
  const source = FileSource.lines(folder, jsonLinesFormat<Row>());
  const watermarks = WatermarkStrategy.noWatermarks<Row>();
  const expected = ['a', 'b', 'c'].flatMap((of) =>
    Array.from({ length: 7 }, (_, n) => record({ of, n })),
  );
  await verifySource(
    sourceFactory({ source, watermarks }),
    expected,
    (actual, wanted, mode) => expect(actual, mode).toEqual(wanted),
    { order: 'free' },
  );
});
