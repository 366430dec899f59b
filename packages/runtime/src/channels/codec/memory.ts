/**
 * One block of memory under all the views that the codecs use. The pool of segments is one;
 * elements that are larger than a segment are encoded into and assembled in private ones.
 * Private ones are shared buffers too, so that generated code meets one kind of array only.
 */
export class Memory {
  readonly bytes: Uint8Array;
  readonly units: Uint16Array;
  readonly words: Int32Array;
  readonly doubles: Float64Array;
  /** The same bytes, for the conversions of strings. */
  readonly text: Buffer;

  /** @param buffer its length is a multiple of 8 */
  constructor(buffer: SharedArrayBuffer) {
    this.bytes = new Uint8Array(buffer);
    this.units = new Uint16Array(buffer);
    this.words = new Int32Array(buffer);
    this.doubles = new Float64Array(buffer);
    this.text = Buffer.from(buffer);
  }

  static allocate(bytes: number): Memory {
    return new Memory(new SharedArrayBuffer(align8(bytes)));
  }
}

export function align8(bytes: number): number {
  return (bytes + 7) & ~7;
}
