/**
 * Randomness that a seed replays: mulberry32. For tests and the simulator only; its period of
 * 2^32 is short, and nothing about it is secret.
 */
import { invariant, type RandomPort } from '@weir/core';

export class SeededRandom implements RandomPort {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let z = this.#state;
    z = Math.imul(z ^ (z >>> 15), z | 1);
    z ^= z + Math.imul(z ^ (z >>> 7), z | 61);
    return ((z ^ (z >>> 14)) >>> 0) / 4_294_967_296;
  }

  hex(digits: number): string {
    let text = '';
    while (text.length < digits) text += Math.floor(this.next() * 16).toString(16);
    return text;
  }

  /** Uniform whole number from 0 to `below` - 1. */
  below(below: number): number {
    return Math.floor(this.next() * below);
  }

  pick<T>(items: readonly T[]): T {
    invariant(items.length > 0, 'nothing to pick from');
    return items[this.below(items.length)]!;
  }
}
