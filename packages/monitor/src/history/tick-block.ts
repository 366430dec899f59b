/**
 * Ticks of one job and one shape in the form of the history: codes by row, words once per change.
 * Filled tick by tick while it is open, then packed; unpacked again to be read.
 *
 * Each added tick also gives a journal row: with those alone an open block can be filled again
 * after a crash.
 */
import type { JobTick, TickShape } from '@weir/console-protocol';
import { packBlock, packCodes, unpackBlock, unpackCodes } from './block-bytes.ts';
import { journalRow, readJournalRow } from './journal-row.ts';
import {
  decodeTick,
  encodeTick,
  fitsShape,
  shapeOfTick,
  type TickWords,
  tickWidth,
  wordsOf,
} from './tick-codes.ts';

type Part = keyof TickWords;
const PARTS: readonly Part[] = ['verdict', 'tasks'];

/** Distinct words, as JSON, and which of them each row has. */
interface Dictionary {
  readonly texts: string[];
  readonly of: number[];
}

type Dictionaries = Readonly<Record<Part, Dictionary>>;

interface Header {
  readonly shape: TickShape;
  readonly words: Dictionaries;
}

/** What changed since the row before; all of it in the first one. */
type Note = { shape?: TickShape } & { [P in Part]?: string };

export class TickBlock {
  readonly #shape: TickShape;
  readonly #width: number;
  readonly #times: number[];
  readonly #rows: Int16Array[];
  readonly #words: Dictionaries;
  /** Of the texts; one object serves many ticks. */
  readonly #parsed: Readonly<Record<Part, unknown[]>> = { verdict: [], tasks: [] };

  private constructor(header: Header, times: readonly number[], rows: readonly Int16Array[]) {
    this.#shape = header.shape;
    this.#width = tickWidth(header.shape);
    this.#words = header.words;
    this.#times = [...times];
    this.#rows = [...rows];
  }

  /** An empty one for ticks of this one's shape. */
  static for(tick: JobTick): TickBlock {
    return new TickBlock({ shape: shapeOfTick(tick), words: noWords() }, [], []);
  }

  static unpack(bytes: Uint8Array): TickBlock {
    const { header, times, body } = unpackBlock(bytes);
    const known = header as Header;
    return new TickBlock(known, times, unpackCodes(body, times.length, tickWidth(known.shape)));
  }

  /** Journal rows as the blocks that they were to become. */
  static fromJournal(journal: readonly { t: number; body: Uint8Array }[]): TickBlock[] {
    const blocks: TickBlock[] = [];
    let block: TickBlock | null = null;
    for (const { t, body } of journal) {
      const { note, codes } = readJournalRow(body);
      const { shape, ...words } = note as Note;
      if (shape !== undefined) {
        block = new TickBlock({ shape, words: noWords() }, [], []);
        blocks.push(block);
      }
      if (block !== null) block.#take(t, codes, words);
    }
    return blocks;
  }

  get times(): readonly number[] {
    return this.#times;
  }

  get codeBytes(): number {
    return this.#rows.length * this.#width * Int16Array.BYTES_PER_ELEMENT;
  }

  fits(tick: JobTick): boolean {
    return fitsShape(this.#shape, tick);
  }

  /**
   * @param tick that fits.
   * @returns its journal row.
   */
  add(tick: JobTick): Uint8Array {
    const first = this.#times.length === 0;
    const words = wordsOf(tick);
    const note: Note = first ? { shape: this.#shape } : {};
    for (const part of PARTS) {
      const text = JSON.stringify(words[part]);
      if (first || text !== this.#words[part].texts.at(-1)) note[part] = text;
    }
    const codes = encodeTick(this.#shape, tick);
    this.#take(tick.t, codes, note);
    return journalRow(note, codes);
  }

  tick(row: number): JobTick {
    const words = Object.fromEntries(PARTS.map((part) => [part, this.#wordsAt(part, row)]));
    const named = words as unknown as TickWords;
    return decodeTick(this.#shape, this.#times[row]!, this.#rows[row]!, named);
  }

  /** Ticks with from ≤ t < to, oldest first. */
  range(from: number, to: number): JobTick[] {
    const found: JobTick[] = [];
    this.#times.forEach((t, row) => {
      if (t >= from && t < to) found.push(this.tick(row));
    });
    return found;
  }

  pack(): Uint8Array {
    const header: Header = { shape: this.#shape, words: this.#words };
    return packBlock(header, this.#times, packCodes(this.#rows, 0, this.#width));
  }

  #wordsAt(part: Part, row: number): unknown {
    const { texts, of } = this.#words[part];
    const at = of[row]!;
    this.#parsed[part][at] ??= JSON.parse(texts[at]!);
    return this.#parsed[part][at];
  }

  #take(t: number, codes: Int16Array, words: Omit<Note, 'shape'>): void {
    this.#times.push(t);
    this.#rows.push(codes);
    for (const part of PARTS) {
      const { texts, of } = this.#words[part];
      const text = words[part];
      if (text !== undefined) texts.push(text);
      of.push(texts.length - 1);
    }
  }
}

function noWords(): Dictionaries {
  return { verdict: { texts: [], of: [] }, tasks: { texts: [], of: [] } };
}
