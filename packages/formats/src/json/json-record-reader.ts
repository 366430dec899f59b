/**
 * Reads records of JSON out of bytes. Records of one stream are much alike, so their skeletons are
 * learned as they come, and a record that has one of them costs less than half of `JSON.parse`:
 * only its values are read, into objects of one hidden class. Everything else goes to `JSON.parse`,
 * and so does whatever is no JSON; the results are the same.
 *
 * Invariants: at most `READERS_MAX` skeletons are tried per record; where they don't help, because
 * records have all kinds of fields, they are given up for a while.
 */
import { utf8Text } from '../utf8-text.ts';
import { parseJsonText } from './json-text.ts';
import { skeletonOf } from './record-skeleton.ts';
import { generateRecordCode, type ReadRecord } from './skeleton-code.ts';
import { ValueScanner } from './value-scanner.ts';

const READERS_MAX = 4;
/** So often it is looked at whether skeletons help, and that many may be learned in between. */
const PERIOD_RECORDS = 1024;
const REST_RECORDS = 32 * PERIOD_RECORDS;

export class JsonRecordReader {
  readonly #scanner = new ValueScanner();
  /** The one that fitted last comes first. */
  #readers: ReadRecord[] = [];
  #attempts = READERS_MAX;
  #recordsLeft = PERIOD_RECORDS;
  #misses = 0;
  #resting = false;

  /**
   * The value of `bytes[start, end)`; undefined where there is nothing but space.
   * @throws WeirError FORMAT_INVALID for what is no JSON, or no UTF-8.
   */
  read(bytes: Buffer, start: number, end: number): unknown {
    if (--this.#recordsLeft < 0) this.#review();
    const readers = this.#readers;
    for (let i = 0; i < readers.length; i++) {
      const value = readers[i]!(bytes, start, end);
      if (value === undefined) continue;
      if (i > 0) [readers[0], readers[i]] = [readers[i]!, readers[0]!];
      return value;
    }
    const value = parseJsonText(utf8Text(bytes, start, end));
    this.#misses++;
    if (this.#attempts > 0) this.#learn(bytes, start, end);
    return value;
  }

  #learn(bytes: Buffer, start: number, end: number): void {
    this.#attempts--;
    if (this.#readers.length === READERS_MAX) return;
    const skeleton = skeletonOf(bytes, start, end, this.#scanner);
    if (skeleton !== null) this.#readers.push(generateRecordCode(skeleton, this.#scanner));
  }

  #review(): void {
    this.#resting = !this.#resting && this.#misses * 2 > PERIOD_RECORDS;
    if (this.#resting) this.#readers = [];
    this.#attempts = this.#resting ? 0 : READERS_MAX;
    this.#recordsLeft = this.#resting ? REST_RECORDS : PERIOD_RECORDS;
    this.#misses = 0;
  }
}
