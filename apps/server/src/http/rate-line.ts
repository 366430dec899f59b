/**
 * A rate over the last half hour in at most sixty means, for a small line in a list. Starts with one
 * a second; each time it is full, two become one, so that a young job has a line, too.
 */
const POINTS_MAX = 60;
const STEP_MS_FIRST = 1000;
/** 60 · 32 s: a little more than half an hour. From then on the oldest goes. */
const STEP_MS_LAST = 32_000;

export class RateLine {
  /** Oldest first; the last one is of the time so far. Null = not known in that time. */
  readonly #means: (number | null)[] = [];
  #stepMs = STEP_MS_FIRST;
  #begun = Number.NEGATIVE_INFINITY;
  #sum = 0;
  #count = 0;

  get stepMs(): number {
    return this.#stepMs;
  }

  /** `t` does not go back, ms. */
  add(t: number, rate: number | null): void {
    if (t - this.#begun >= this.#stepMs) this.#begin(t);
    if (rate !== null) {
      this.#sum += rate;
      this.#count++;
    }
    this.#means[this.#means.length - 1] =
      this.#count === 0 ? null : rounded(this.#sum / this.#count);
  }

  means(): (number | null)[] {
    return [...this.#means];
  }

  #begin(t: number): void {
    if (this.#means.length === POINTS_MAX) {
      if (this.#stepMs < STEP_MS_LAST) this.#halve();
      else this.#means.shift();
    }
    this.#begun = t;
    this.#sum = 0;
    this.#count = 0;
    this.#means.push(null);
  }

  #halve(): void {
    for (let at = 0; at < POINTS_MAX / 2; at++) {
      this.#means[at] = meanOf(this.#means[2 * at]!, this.#means[2 * at + 1]!);
    }
    this.#means.length = POINTS_MAX / 2;
    this.#stepMs *= 2;
  }
}

function meanOf(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b;
  return rounded((a + b) / 2);
}

/** A line of some pixels needs no more, and each goes to each browser once a second. */
function rounded(rate: number): number {
  return Number(rate.toPrecision(4));
}
