/** What file sources and sinks need to know about a text format with one record per line. */
export interface LineFormat<T> {
  /** Line breaks between double quotes belong to the record. */
  readonly quoted: boolean;
  /** The first line of a file names the columns and is no record. */
  readonly header: boolean;
  /** A decoder for one file; `headerLine` is null when the format has no header. */
  decoder(headerLine: string | null): LineDecoder<T>;
}

/**
 * One record from its text, null for a line that holds none (an empty one).
 * @throws WeirError FORMAT_INVALID; the caller adds file and position.
 */
export type LineDecoder<T> = (text: string) => T | null;

/** Writes records as lines. The line break is added by the caller. */
export interface LineEncoder<T> {
  /** Extension of files with this format, without the dot: `csv`, `jsonl`. */
  readonly extension: string;
  /** First line of each file, null for none. */
  readonly header: string | null;
  encode(record: T): string;
}
