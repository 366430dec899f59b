import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ParquetFile, parquetValue } from './parquet-file.ts';

const data = join(fileURLToPath(import.meta.resolve('vega-datasets')), '../../data');

describe('a Parquet file of three million flights', () => {
  let file: ParquetFile;
  beforeAll(async () => {
    file = await ParquetFile.open(join(data, 'flights-3m.parquet'));
  });
  afterAll(() => file.close());

  it('knows its rows, groups and column types', () => {
    expect(file.rowCount).toBe(3_000_000);
    expect(file.rowGroups).toHaveLength(11);
    expect(file.rowGroups[1]).toMatchObject({ index: 1, firstRow: file.rowGroups[0]?.rows });
    expect(Object.fromEntries(file.columnTypes)).toMatchObject({
      date: 'timestamp',
      origin: 'string',
    });
  });

  it('reads the chosen columns of one row group as typed columns', async () => {
    const [origin, date, delay] = await file.readRowGroup(10, ['origin', 'date', 'delay']);
    const rows = file.rowGroups[10]!.rows;
    expect(origin?.type).toBe('string');
    expect(date?.values).toBeInstanceOf(Float64Array);
    expect(delay?.values).toHaveLength(rows);
    expect(delay?.nulls).toBeNull();
    const last = parquetValue(date!, rows - 1) as number;
    expect(new Date(last).toISOString()).toBe('2001-07-01T00:00:00.000Z');
  });

  it('names the columns there are when one is missing', async () => {
    await expect(file.readRowGroup(0, ['carrier'])).rejects.toThrow(
      /no column "carrier", only .*date/,
    );
  });
});

it('says so when a file is no Parquet file or is missing', async () => {
  await expect(ParquetFile.open(join(data, 'airports.csv'))).rejects.toMatchObject({
    code: 'FORMAT_INVALID',
  });
  await expect(ParquetFile.open(join(data, 'nowhere.parquet'))).rejects.toMatchObject({
    code: 'SOURCE_FAILED',
  });
});
