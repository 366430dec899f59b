import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { programDiff } from './program-diff.ts';

const program = (text: string, folder = '/jobs/') => ({
  entry: `${folder}job.ts`,
  files: [{ path: `${folder}job.ts`, text }],
});

describe('program diff', () => {
  test('numbers the lines of both sides and counts what it leaves out', () => {
    const lines = Array.from({ length: 20 }, (_, at) => `line ${at + 1}`);
    const changed = [...lines.slice(0, 11), 'another', ...lines.slice(12)];
    const { files } = programDiff(program(lines.join('\n')), program(changed.join('\n')));
    expect(files).toMatchObject([{ path: 'job.ts', change: 'changed', added: 1, removed: 1 }]);
    const [hunk] = files[0]!.hunks;
    expect(hunk!.skipped).toBe(8);
    expect(hunk!.lines.filter(({ kind }) => kind !== 'same')).toEqual([
      { kind: 'removed', before: 12, after: null, text: 'line 12' },
      { kind: 'added', before: null, after: 12, text: 'another' },
    ]);
  });

  test('the same program in another folder has not changed; packages are only counted', () => {
    const before = { ...program('a', '/old/') };
    const after = program('a', '/new/');
    const packageOf = (text: string, folder: string) => ({
      path: `${folder}node_modules/p/index.js`,
      text,
    });
    const diff = programDiff(
      { ...before, files: [...before.files, packageOf('1', '/old/')] },
      { ...after, files: [...after.files, packageOf('2', '/new/')] },
    );
    expect(diff).toEqual({ known: true, files: [], sameFiles: 1, packageFiles: 1 });
  });

  test('a file that came or went is all added or removed', () => {
    const more = { path: '/jobs/lookup.ts', text: 'one\ntwo\n' };
    const small = program('a');
    const large = { ...small, files: [...small.files, more] };
    expect(programDiff(small, large).files).toMatchObject([
      { path: 'lookup.ts', change: 'added', added: 2, removed: 0 },
    ]);
    expect(programDiff(large, small).files).toMatchObject([
      { path: 'lookup.ts', change: 'removed', added: 0, removed: 2 },
    ]);
  });

  test('without the sources of one side nothing is claimed', () => {
    expect(programDiff(null, program('a'))).toMatchObject({ known: false, files: [] });
  });

  test('what is shown of the new side is the new side, at its line numbers', () => {
    const text = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 30 });
    fc.assert(
      fc.property(text, text, (old, now) => {
        const [before, after] = [old.join('\n'), now.join('\n')];
        const { files } = programDiff(program(before), program(after));
        for (const { text: line, before: left, after: right } of files.flatMap((file) =>
          file.hunks.flatMap(({ lines }) => lines),
        )) {
          if (left !== null) expect(before.split('\n')[left - 1]).toBe(line);
          if (right !== null) expect(after.split('\n')[right - 1]).toBe(line);
        }
      }),
    );
  });
});
