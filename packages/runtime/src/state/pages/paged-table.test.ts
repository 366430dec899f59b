import { hashKey, keyGroupOf, keyGroupRangeOf } from '@weir/core';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { KeyedSnapshot, KeyedStatePart } from '../../checkpoint/operator-state.ts';
import { type KeyColumn, PagedTable } from './paged-table.ts';

const MAX_PARALLELISM = 16;
type Key = string | number;

function column(keys: readonly Key[]): KeyColumn {
  if (typeof keys[0] === 'number') {
    return { numbers: Float64Array.from(keys as number[]), bytes: null, offsets: null };
  }
  const encoded = (keys as string[]).map((key) => new TextEncoder().encode(key));
  const offsets = new Int32Array(keys.length + 1);
  for (const [i, bytes] of encoded.entries()) offsets[i + 1] = offsets[i]! + bytes.length;
  return { numbers: null, bytes: Uint8Array.from(encoded.flatMap((b) => [...b])), offsets };
}

function table(keyType: 'number' | 'string', subtask = 0, parallelism = 1): PagedTable {
  return new PagedTable({
    keyGroupRange: keyGroupRangeOf(subtask, parallelism, MAX_PARALLELISM),
    maxParallelism: MAX_PARALLELISM,
    keyType,
    valueDoubles: 2,
  });
}

/** Adds 1 to the first value of each key and `i` to the second. */
function add(target: PagedTable, keys: readonly Key[]): void {
  const addresses = new Int32Array(keys.length);
  const hashes = Int32Array.from(keys, (key) => hashKey(key));
  target.locate(column(keys), null, keys.length, hashes, addresses);
  for (const [i, address] of addresses.entries()) {
    target.doubles[address + target.valueOffset]! += 1;
    target.doubles[address + target.valueOffset + 1]! += i;
  }
}

function counts(target: PagedTable, keys: readonly Key[]): Map<Key, number> {
  const addresses = new Int32Array(keys.length);
  const hashes = Int32Array.from(keys, (key) => hashKey(key));
  target.locate(column(keys), null, keys.length, hashes, addresses);
  return new Map(
    keys.map((key, i) => [key, target.doubles[addresses[i]! + target.valueOffset]!] as const),
  );
}

function drain(snapshot: KeyedSnapshot, between: () => void = () => {}): KeyedStatePart {
  const chunks = new Map<number, Uint8Array[]>();
  for (let chunk = snapshot.next(50); chunk !== null; chunk = snapshot.next(50)) {
    const list = chunks.get(chunk.keyGroup) ?? [];
    list.push(chunk.bytes);
    chunks.set(chunk.keyGroup, list);
    between();
  }
  snapshot.release();
  const joined = (group: number): Uint8Array =>
    Uint8Array.from((chunks.get(group) ?? []).flatMap((bytes) => [...bytes]));
  return {
    header: snapshot.header,
    keyGroups: [...chunks.keys()],
    read: (group) => Promise.resolve(joined(group)),
  };
}

function model(batches: readonly (readonly Key[])[]): Map<Key, number> {
  const sums = new Map<Key, number>();
  for (const key of batches.flat()) sums.set(key, (sums.get(key) ?? 0) + 1);
  return sums;
}

const strings = fc.array(fc.array(fc.string({ maxLength: 40 }), { minLength: 1 }), {
  minLength: 1,
});
const numbers = fc.array(
  fc.array(
    fc.oneof(
      fc.integer(),
      fc.double({ noNaN: true }).map((x) => x + 0),
    ),
    { minLength: 1 },
  ),
  { minLength: 1 },
);

describe.each([
  ['string', strings],
  ['number', numbers],
] as const)('paged table with %s keys', (keyType, batches) => {
  it('counts like a map', () => {
    fc.assert(
      fc.property(batches, (input) => {
        const target = table(keyType);
        for (const keys of input) add(target, keys);
        const expected = model(input);
        expect(counts(target, [...expected.keys()])).toEqual(expected);
        expect(target.stats().entries).toBe(expected.size);
      }),
    );
  });

  it('snapshots the moment of the freeze, whatever is written while it drains', async () => {
    await fc.assert(
      fc.asyncProperty(batches, batches, fc.constantFrom(1, 2, 3), async (before, after, parts) => {
        const target = table(keyType);
        for (const keys of before) add(target, keys);
        const snapshot = target.snapshot();
        const rest = [...after];
        add(target, rest[0]!);
        const part = drain(snapshot, () => {
          const keys = rest.pop();
          if (keys !== undefined) add(target, keys);
        });
        const expected = model(before);
        for (let subtask = 0; subtask < parts; subtask++) {
          const range = keyGroupRangeOf(subtask, parts, MAX_PARALLELISM);
          const owned = (group: number) => group >= range.start && group <= range.end;
          const restored = table(keyType, subtask, parts);
          const keyGroups = part.keyGroups.filter(owned);
          await restored.restore({ parts: [{ ...part, keyGroups }] });
          const keys = [...expected.keys()].filter((key) =>
            owned(keyGroupOf(hashKey(key), MAX_PARALLELISM)),
          );
          expect(restored.stats().entries).toBe(keys.length);
          if (keys.length === 0) continue;
          expect(counts(restored, keys)).toEqual(new Map(keys.map((k) => [k, expected.get(k)])));
        }
      }),
    );
  });
});

describe('paged table', () => {
  it('keeps a hundred thousand keys apart while regions grow and are compacted', () => {
    const target = table('number');
    const keys = Array.from({ length: 1000 }, (_, i) => i);
    for (let round = 0; round < 100; round++)
      add(
        target,
        keys.map((key) => key + round * 1000),
      );
    expect(target.stats().entries).toBe(100_000);
    expect(counts(target, [0, 99_999, 50_000])).toEqual(
      new Map([
        [0, 1],
        [99_999, 1],
        [50_000, 1],
      ]),
    );
  });

  it('takes a second snapshot after the first was given up half way', () => {
    const target = table('number');
    add(target, [1, 2, 3]);
    const first = target.snapshot();
    first.next(1);
    add(target, [1]);
    first.release();
    add(target, [1]);
    const part = drain(target.snapshot());
    expect(part.keyGroups.length).toBeGreaterThan(0);
    expect(counts(target, [1])).toEqual(new Map([[1, 3]]));
  });

  it('refuses state of another layout by name', async () => {
    const target = table('number');
    add(target, [1]);
    const part = drain(target.snapshot());
    const other = new PagedTable({
      keyGroupRange: { start: 0, end: MAX_PARALLELISM - 1 },
      maxParallelism: MAX_PARALLELISM,
      keyType: 'number',
      valueDoubles: 5,
    });
    await expect(other.restore({ parts: [part] })).rejects.toThrow(/number key and 2 doubles/);
  });

  it('refuses a key that is longer than a page', () => {
    expect(() => add(table('string'), ['x'.repeat(5000)])).toThrow(/5000 bytes/);
  });
});
