/**
 * What `waitAsync` and `yieldTurn` answer in the simulator: something to await whose continuation
 * runs at the very moment when the simulator says so, in the middle of another slot's step if need
 * be. A promise's continuation would wait until that step has returned.
 *
 * Works with `await`, too, as any thenable does.
 */
export class SimulatedWait implements PromiseLike<void> {
  #continuations: (() => void)[] = [];
  #fired = false;

  /** Continues everything that waits; once. */
  fire(): void {
    if (this.#fired) return;
    this.#fired = true;
    for (const go of this.#continuations.splice(0)) go();
  }

  // biome-ignore lint/suspicious/noThenProperty: being awaited is what this class is for.
  then<R1 = void, R2 = never>(
    fulfilled?: ((value: undefined) => R1 | PromiseLike<R1>) | null,
  ): PromiseLike<R1 | R2> {
    const next = new SimulatedWait();
    const go = (): void => {
      fulfilled?.(undefined);
      next.fire();
    };
    if (this.#fired) go();
    else this.#continuations.push(go);
    return next as PromiseLike<unknown> as PromiseLike<R1 | R2>;
  }

  /** For ports, which speak of promises. */
  get promise(): Promise<void> {
    return this as PromiseLike<void> as Promise<void>;
  }
}
