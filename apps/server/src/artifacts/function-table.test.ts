import { describe, expect, it } from 'vitest';
import { FunctionTable } from './function-table.ts';

const CODE = `

function outer(a) {
  return a.map((x) => {
    return x + 1;
  }).filter((y) => y > 0);
}
const parse = (text) => text.trim();
class Reader {
  read(row) {
    return () => row;
  }
}
`;

describe('the functions of a bundle', () => {
  const table = new FunctionTable(CODE);
  const named = (line: number) => table.onLine(line)?.name ?? null;

  it('are found by line: the innermost, within a line the outermost', () => {
    expect(table.firstLine).toBe(2);
    expect([3, 5, 6, 8, 11].map(named)).toEqual([
      'outer',
      '(map)',
      '(filter)',
      'parse',
      '(anonymous)',
    ]);
    expect(named(1)).toBeNull();
    expect(named(10)).toBe('read');
  });

  it('are found by where V8 says that they begin', () => {
    const columnOf = (line: number, text: string) => CODE.split('\n')[line - 1]!.indexOf(text);
    expect(table.at(6, columnOf(6, '(y)'))?.name).toBe('(filter)');
    expect(table.at(8, columnOf(8, '(text)'))?.name).toBe('parse');
    expect(table.at(10, columnOf(10, '(row)'))?.name).toBe('read');
    expect(table.at(9, 0)).toBeNull();
  });

  it('are none in a text that is no program', () => {
    expect(new FunctionTable('const = ;').onLine(1)).toBeNull();
  });
});
