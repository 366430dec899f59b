import fc from 'fast-check';
import { expect, it } from 'vitest';
import { RecordFramer } from './record-framer.ts';

function frame(bytes: Buffer, cuts: readonly number[], quoted: boolean, startOffset = 0) {
  const framer = new RecordFramer(quoted, startOffset);
  const records: Array<[string, number]> = [];
  const consume = (text: string, end: number) => void records.push([text, end]);
  let from = 0;
  for (const cut of [...cuts.map((c) => c % (bytes.length + 1)).sort((a, b) => a - b)]) {
    framer.push(bytes.subarray(from, cut), consume);
    from = cut;
  }
  framer.push(bytes.subarray(from), consume);
  framer.end(consume);
  return records;
}

it('tells text and end offset of each line, with LF, CRLF and a missing last line break', () => {
  const bytes = Buffer.from('one\r\nzwölf\nend');
  expect(frame(bytes, [], false)).toEqual([
    ['one', 5],
    ['zwölf', 12],
    ['end', 15],
  ]);
});

it('keeps line breaks between quotes inside the record', () => {
  expect(frame(Buffer.from('a,"x\ny"\nb,"""\n"\n'), [], true)).toEqual([
    ['a,"x\ny"', 8],
    ['b,"""\n"', 16],
  ]);
});

it('gives the same records however the bytes are cut', () => {
  const line = fc.stringMatching(/^[a-zäß"\n,]{0,8}$/).map((s) => `"${s.replaceAll('"', '""')}"`);
  fc.assert(
    fc.property(fc.array(line), fc.array(fc.nat(200)), fc.boolean(), (lines, cuts, quoted) => {
      const bytes = Buffer.from(lines.map((text) => `${text}\n`).join(''));
      expect(frame(bytes, cuts, quoted)).toEqual(frame(bytes, [], quoted));
      if (quoted) expect(frame(bytes, cuts, true).map(([text]) => text)).toEqual(lines);
    }),
  );
});

it('goes on at the end offset of any record', () => {
  const bytes = Buffer.from('a\nbb\nccc\n');
  const all = frame(bytes, [], false);
  for (const [index, [, end]] of all.entries()) {
    expect(frame(bytes.subarray(end), [], false, end)).toEqual(all.slice(index + 1));
  }
});
