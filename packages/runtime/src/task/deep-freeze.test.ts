import { describe, expect, it } from 'vitest';
import { deepFreeze } from './deep-freeze.ts';

describe('deepFreeze', () => {
  it('freezes what a record holds, and leaves typed arrays alone', () => {
    const row = { a: { b: [1, { c: 2 }] }, m: new Map([['k', { v: 1 }]]), t: new Uint8Array(2) };
    deepFreeze(row);
    expect(Object.isFrozen(row.a.b[1])).toBe(true);
    expect(Object.isFrozen(row.m.get('k'))).toBe(true);
    row.t[0] = 7;
    expect(row.t[0]).toBe(7);
    expect(() => {
      row.a.b[0] = 9;
    }).toThrow(TypeError);
  });

  it('ends on records that hold themselves', () => {
    const row: { self?: unknown } = {};
    row.self = row;
    deepFreeze(row);
    expect(Object.isFrozen(row)).toBe(true);
  });
});
