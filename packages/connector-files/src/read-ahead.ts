/**
 * Fetches blocks in the background, a bounded number ahead of their consumer. Used by the source
 * readers here, whose `pollNext` may neither block nor await.
 *
 * Invariants: at most `depth` blocks wait; blocks are handed out in the order in which they were
 * fetched; after a failure nothing more is fetched and every `peek` throws the same error.
 */
export class ReadAhead<B> {
  readonly #fetch: () => Promise<B | null>;
  readonly #depth: number;
  readonly #onReady: () => void;
  readonly #blocks: B[] = [];
  #running: Promise<void> | null = null;
  #closed = false;
  #exhausted = false;
  #failure: { readonly error: unknown } | null = null;

  /** `fetch` is never called twice at once; null = no block follows. `onReady` wakes the task. */
  constructor(fetch: () => Promise<B | null>, depth: number, onReady: () => void) {
    this.#fetch = fetch;
    this.#depth = depth;
    this.#onReady = onReady;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** The oldest block, null if none is there (yet). @throws what `fetch` failed with. */
  peek(): B | null {
    const block = this.#blocks[0];
    if (block !== undefined) return block;
    if (this.#failure !== null) throw this.#failure.error;
    return null;
  }

  shift(): void {
    this.#blocks.shift();
    this.start();
  }

  /** True once every block was handed out and none follows. */
  get isAtEnd(): boolean {
    return this.#exhausted && this.#blocks.length === 0;
  }

  /** Blocks that wait, oldest first. */
  get waiting(): readonly B[] {
    return this.#blocks;
  }

  /** Resolves once no fetch is under way any more; what it would have brought is dropped. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#blocks.length = 0;
    await this.#running;
  }

  async #run(): Promise<void> {
    try {
      // Never synchronously: the first block, too, comes after `start` has returned.
      await null;
      while (this.#wantsMore) {
        const block = await this.#fetch();
        if (this.#closed) return;
        if (block === null) this.#exhausted = true;
        else this.#blocks.push(block);
        this.#onReady();
      }
    } catch (error) {
      // Thrown by the next peek, on the task's own stack.
      this.#failure = { error };
      this.#onReady();
    } finally {
      this.#running = null;
    }
  }

  get #wantsMore(): boolean {
    if (this.#closed || this.#exhausted || this.#failure !== null) return false;
    return this.#blocks.length < this.#depth;
  }
}
