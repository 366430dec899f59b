/**
 * Walks through the records of one batch. The cursor's fields are those of the record it stands on
 * and change with the next one; nothing is copied.
 *
 * Invariant: every field lies within the batch; bytes that would break this throw FORMAT_INVALID.
 */
import { WeirError } from '@weir/core';
import { decompress } from './compression.ts';
import type { RecordBatch } from './record-batches.ts';

const EMPTY = Buffer.alloc(0);

export class RecordCursor {
  offset = 0;
  timestampMs = 0;
  /** Key and value are `bytes[start, end)`; start -1 = null. */
  keyStart = -1;
  keyEnd = -1;
  valueStart = -1;
  valueEnd = -1;
  #headersAt = 0;
  #end = 0;
  #bytes: Buffer = EMPTY;
  #position = 0;
  #left = 0;
  #baseOffset = 0;
  #lastOffset = 0;
  #baseTimestampMs = 0;
  #appendTimeMs: number | null = null;

  get bytes(): Buffer {
    return this.#bytes;
  }

  /** Records that `next` has not gone to yet. */
  get left(): number {
    return this.#left;
  }

  /** Goes before the first record of `batch`. @throws WeirError FORMAT_INVALID. */
  enter(batch: RecordBatch): void {
    const { compression, body } = batch;
    this.#left = 0;
    if (batch.count > 0) {
      this.#bytes = compression === 'none' ? body : decompress(compression, body);
    }
    this.#left = batch.count;
    this.#position = 0;
    this.#baseOffset = batch.baseOffset;
    this.#lastOffset = batch.lastOffset;
    this.#baseTimestampMs = batch.baseTimestampMs;
    this.#appendTimeMs = batch.logAppendTime ? batch.maxTimestampMs : null;
  }

  /** Goes to the next record; false behind the last one. @throws WeirError FORMAT_INVALID. */
  next(): boolean {
    if (this.#left === 0) return false;
    this.#left--;
    const length = this.#varint();
    const end = this.#position + length;
    if (length < 0 || end > this.#bytes.length) this.#malformed('reaches beyond its batch');
    this.#position++;
    const timestampMs = this.#baseTimestampMs + this.#varlong();
    this.timestampMs = this.#appendTimeMs ?? timestampMs;
    this.offset = this.#baseOffset + this.#varint();
    const keyLength = this.#varint();
    this.keyStart = keyLength < 0 ? -1 : this.#position;
    if (keyLength > 0) this.#position += keyLength;
    this.keyEnd = this.#position;
    const valueLength = this.#varint();
    this.valueStart = valueLength < 0 ? -1 : this.#position;
    if (valueLength > 0) this.#position += valueLength;
    this.valueEnd = this.#position;
    // Lengths that lie reach beyond the record, at the latest here.
    if (this.#position > end) this.#malformed('has fields that reach beyond it');
    if (this.offset < this.#baseOffset || this.offset > this.#lastOffset) {
      this.#malformed('lies outside of its batch');
    }
    this.#headersAt = this.#position;
    this.#end = end;
    this.#position = end;
    return true;
  }

  key(): Buffer | null {
    return this.keyStart < 0 ? null : this.#bytes.subarray(this.keyStart, this.keyEnd);
  }

  value(): Buffer | null {
    return this.valueStart < 0 ? null : this.#bytes.subarray(this.valueStart, this.valueEnd);
  }

  /** @throws WeirError FORMAT_INVALID. */
  headers(): Array<readonly [name: string, value: Buffer | null]> {
    const after = this.#position;
    this.#position = this.#headersAt;
    const count = this.#varint();
    if (count < 0 || count > this.#end - this.#headersAt) this.#malformed(`has ${count} headers`);
    const headers: Array<readonly [string, Buffer | null]> = [];
    for (let i = 0; i < count; i++) {
      const name = this.#sized() ?? this.#malformed('has a header without a name');
      headers.push([name.toString(), this.#sized()]);
    }
    this.#position = after;
    return headers;
  }

  #sized(): Buffer | null {
    const length = this.#varint();
    const at = this.#position;
    if (length < 0) return null;
    if (at + length > this.#end) this.#malformed('has headers that reach beyond it');
    this.#position += length;
    return this.#bytes.subarray(at, at + length);
  }

  #varint(): number {
    const bytes = this.#bytes;
    let byte = bytes[this.#position++]!;
    let value = byte & 127;
    for (let shift = 7; byte > 127; shift += 7) {
      if (shift > 28) this.#malformed('has a varint of more than 5 bytes');
      byte = bytes[this.#position++]!;
      value |= (byte & 127) << shift;
    }
    return (value >>> 1) ^ -(value & 1);
  }

  #varlong(): number {
    const bytes = this.#bytes;
    let byte = bytes[this.#position++]!;
    let value = byte & 127;
    for (let factor = 128; byte > 127; factor *= 128) {
      if (factor > 2 ** 63) this.#malformed('has a varlong of more than 10 bytes');
      byte = bytes[this.#position++]!;
      value += (byte & 127) * factor;
    }
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  #malformed(why: string): never {
    this.#left = 0;
    const offset = this.#baseOffset;
    throw new WeirError('FORMAT_INVALID', `a record of the batch at offset ${offset} ${why}`, {
      context: { offset },
    });
  }
}
