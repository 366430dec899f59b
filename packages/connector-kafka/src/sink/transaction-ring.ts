/**
 * The transactional ids of one subtask: `prefix-subtask-slot`, used again and again.
 *
 * Invariants
 * - a slot is initialised only while it is free; initialising aborts what was open under it;
 * - a slot whose transaction was committed stays held until a checkpoint is complete whose state no
 *   longer has that transaction: until then a restore commits it again, and a broker's refusal has
 *   to mean that it was lost;
 * - a slot that a restored checkpoint names is held in the same way.
 */
type SlotState =
  | { readonly kind: 'open' }
  /** In a checkpoint that may complete. */
  | { readonly kind: 'prepared' }
  /** Committed; `absentFrom` is the first checkpoint that was taken after that. */
  | { readonly kind: 'committed'; readonly absentFrom: number | null };

export class TransactionRing {
  readonly #prefix: string;
  readonly #subtask: number;
  readonly #slots = new Map<number, SlotState>();

  constructor(prefix: string, subtask: number) {
    this.#prefix = prefix;
    this.#subtask = subtask;
  }

  /** Which subtask of any attempt an id of this prefix belongs to; null for others' ids. */
  subtaskOf(transactionalId: string): number | null {
    return this.#parse(transactionalId)?.subtask ?? null;
  }

  /** The id of the lowest free slot, which is then open. */
  take(): string {
    let slot = 0;
    while (this.#slots.has(slot)) slot++;
    this.#slots.set(slot, { kind: 'open' });
    return `${this.#prefix}-${this.#subtask}-${slot}`;
  }

  prepared(transactionalId: string): void {
    this.#set(transactionalId, { kind: 'prepared' });
  }

  /** Also for ids that a restored checkpoint names, whoever commits them. */
  committed(transactionalId: string): void {
    this.#set(transactionalId, { kind: 'committed', absentFrom: null });
  }

  /** A checkpoint is being taken: what is committed by now is not in its state. */
  takingCheckpoint(checkpointId: number): void {
    for (const [slot, state] of this.#slots) {
      if (state.kind !== 'committed' || state.absentFrom !== null) continue;
      this.#slots.set(slot, { kind: 'committed', absentFrom: checkpointId });
    }
  }

  checkpointComplete(checkpointId: number): void {
    for (const [slot, state] of this.#slots) {
      if (state.kind !== 'committed' || state.absentFrom === null) continue;
      if (state.absentFrom <= checkpointId) this.#slots.delete(slot);
    }
  }

  #set(transactionalId: string, state: SlotState): void {
    const parsed = this.#parse(transactionalId);
    if (parsed?.subtask === this.#subtask) this.#slots.set(parsed.slot, state);
  }

  #parse(transactionalId: string): { readonly subtask: number; readonly slot: number } | null {
    if (!transactionalId.startsWith(`${this.#prefix}-`)) return null;
    const rest = transactionalId.slice(this.#prefix.length + 1);
    const match = /^(\d+)-(\d+)$/.exec(rest);
    return match === null ? null : { subtask: Number(match[1]), slot: Number(match[2]) };
  }
}
