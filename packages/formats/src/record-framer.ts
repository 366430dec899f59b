/**
 * Cuts a stream of bytes into text records: lines, or CSV records whose quoted fields may hold
 * line breaks. Called by file readers with chunk after chunk; knows no files.
 *
 * Invariants: `endOffset` of a record is the byte after its line break, so that reading may go on
 * there; a record is handed out once; bytes are kept only until their record is complete.
 * Quotes, commas and line breaks are ASCII, hence never part of a longer UTF-8 sequence.
 */
const LF = 0x0a;
const CR = 0x0d;
const QUOTE = 0x22;

export type RecordConsumer = (text: string, endOffset: number) => void;

export class RecordFramer {
  readonly #quoted: boolean;
  #rest: Buffer = Buffer.alloc(0);
  /** Byte offset in the file of the first byte of `#rest`. */
  #restOffset: number;
  /** How far `#rest` was searched without finding the record's end. */
  #searched = 0;
  #insideQuotes = false;

  /**
   * `quoted`: line breaks between double quotes do not end a record (CSV).
   * `startOffset`: where in the file, in bytes, the first chunk begins.
   */
  constructor(quoted: boolean, startOffset = 0) {
    this.#quoted = quoted;
    this.#restOffset = startOffset;
  }

  /** Hands out every record that `chunk` completes, in order. */
  push(chunk: Uint8Array, consume: RecordConsumer): void {
    const bytes = this.#rest.length === 0 ? asBuffer(chunk) : Buffer.concat([this.#rest, chunk]);
    let start = 0;
    let at = this.#searched;
    for (;;) {
      const end = this.#endOfRecord(bytes, at);
      if (end < 0) break;
      consume(textOf(bytes, start, end), this.#restOffset + end + 1);
      start = end + 1;
      at = start;
    }
    // A copy, because the caller may reuse the chunk's memory.
    this.#rest = Buffer.from(bytes.subarray(start));
    this.#restOffset += start;
    this.#searched = this.#rest.length;
  }

  /** Hands out the last record if the file does not end with a line break. */
  end(consume: RecordConsumer): void {
    if (this.#rest.length === 0) return;
    const endOffset = this.#restOffset + this.#rest.length;
    consume(textOf(this.#rest, 0, this.#rest.length), endOffset);
    this.#rest = Buffer.alloc(0);
    this.#restOffset = endOffset;
    this.#searched = 0;
  }

  #endOfRecord(bytes: Buffer, from: number): number {
    if (!this.#quoted) return bytes.indexOf(LF, from);
    for (let i = from; i < bytes.length; i++) {
      const byte = bytes[i];
      if (byte === QUOTE) this.#insideQuotes = !this.#insideQuotes;
      else if (byte === LF && !this.#insideQuotes) return i;
    }
    return -1;
  }
}

function textOf(bytes: Buffer, start: number, end: number): string {
  const last = end > start && bytes[end - 1] === CR ? end - 1 : end;
  return bytes.toString('utf8', start, last);
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
