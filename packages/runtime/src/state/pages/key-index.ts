/**
 * Open-addressing index of a paged table: one region of one Int32Array per key group, so that
 * growth rehashes a single key group. A slot is two words: the key's hash and the row's address
 * in doubles (0 = empty). Private to the slot's thread; rebuilt on restore.
 *
 * Invariants: a region's capacity is a power of two and at most 3/4 full; a region left behind by
 * growth is never read again and its words are reclaimed by compaction.
 */
const CAPACITY_INITIAL = 8;
const WORDS_INITIAL = 4096;

export class KeyIndex {
  #words = new Int32Array(WORDS_INITIAL);
  #wordsUsed = 0;
  #wordsDead = 0;
  readonly #offsets: Int32Array;
  readonly #masks: Int32Array;
  readonly #counts: Int32Array;

  /** `keyGroups`: how many the subtask owns; callers number them from 0. */
  constructor(keyGroups: number) {
    this.#offsets = new Int32Array(keyGroups);
    this.#masks = new Int32Array(keyGroups);
    this.#counts = new Int32Array(keyGroups);
    for (let group = 0; group < keyGroups; group++) {
      this.#offsets[group] = this.#reserve(CAPACITY_INITIAL);
      this.#masks[group] = CAPACITY_INITIAL - 1;
    }
  }

  /** Take anew after each `grow`. */
  get words(): Int32Array {
    return this.#words;
  }

  count(group: number): number {
    return this.#counts[group]!;
  }

  /** First word of the slot at which the search for `hash` begins. */
  home(group: number, hash: number): number {
    const slot = spread(hash) & this.#masks[group]!;
    return this.#offsets[group]! + 2 * slot;
  }

  /** First word of the slot after `word`, around the end of the region. */
  next(group: number, word: number): number {
    const offset = this.#offsets[group]!;
    const slot = ((word - offset) >> 1) + 1;
    return offset + 2 * (slot & this.#masks[group]!);
  }

  /** Fills the empty slot at `word`; true when the region has grown and slots have moved. */
  occupy(group: number, word: number, hash: number, address: number): boolean {
    this.#words[word] = hash;
    this.#words[word + 1] = address;
    const count = ++this.#counts[group]!;
    const capacity = this.#masks[group]! + 1;
    if (count * 4 <= capacity * 3) return false;
    this.#growRegion(group, capacity * 2);
    return true;
  }

  #growRegion(group: number, capacity: number): void {
    const to = this.#reserve(capacity);
    const from = this.#offsets[group]!;
    const oldCapacity = this.#masks[group]! + 1;
    const words = this.#words;
    const mask = capacity - 1;
    for (let word = from; word < from + 2 * oldCapacity; word += 2) {
      const address = words[word + 1]!;
      if (address === 0) continue;
      const hash = words[word]!;
      let slot = spread(hash) & mask;
      while (words[to + 2 * slot + 1] !== 0) slot = (slot + 1) & mask;
      words[to + 2 * slot] = hash;
      words[to + 2 * slot + 1] = address;
    }
    this.#offsets[group] = to;
    this.#masks[group] = mask;
    this.#wordsDead += 2 * oldCapacity;
  }

  #reserve(capacity: number): number {
    const needed = 2 * capacity;
    if (this.#wordsUsed + needed > this.#words.length) this.#makeRoom(needed);
    const offset = this.#wordsUsed;
    this.#wordsUsed += needed;
    return offset;
  }

  /** Grows the array, leaving out dead regions when they are the larger part. */
  #makeRoom(needed: number): void {
    const live = this.#wordsUsed - this.#wordsDead;
    const compact = this.#wordsDead > live;
    const base = compact ? live : this.#wordsUsed;
    const words = new Int32Array(Math.max(2 * (base + needed), WORDS_INITIAL));
    if (!compact) {
      words.set(this.#words.subarray(0, this.#wordsUsed));
    } else {
      let at = 0;
      for (let group = 0; group < this.#offsets.length; group++) {
        const offset = this.#offsets[group]!;
        const length = 2 * (this.#masks[group]! + 1);
        if (this.#masks[group] === 0) continue;
        words.set(this.#words.subarray(offset, offset + length), at);
        this.#offsets[group] = at;
        at += length;
      }
      this.#wordsUsed = at;
      this.#wordsDead = 0;
    }
    this.#words = words;
  }
}

/** Fibonacci hashing: keys of one key group agree in their murmur hash, so not that again. */
function spread(hash: number): number {
  return Math.imul(hash, 0x9e3779b1) >>> 7;
}
