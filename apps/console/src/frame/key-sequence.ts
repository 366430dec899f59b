/**
 * Which shortcut a key press completes. Pure: fed with keys and times by the frame.
 *
 * Invariant: `g` waits for its second key for 1.5 s and for one key only.
 */
export type Shortcut = 'palette' | 'shortcuts' | 'overview' | 'jobs' | 'task-managers';

export interface KeyPress {
  readonly key: string;
  readonly ctrlOrMeta: boolean;
  readonly alt: boolean;
  /** The press goes into a field. */
  readonly typing: boolean;
  /** Epoch ms. */
  readonly at: number;
}

const WAIT_MS = 1500;
const AFTER_G: Readonly<Record<string, Shortcut>> = {
  o: 'overview',
  j: 'jobs',
  t: 'task-managers',
};

export class KeySequence {
  #begunAt: number | null = null;

  press({ key, ctrlOrMeta, alt, typing, at }: KeyPress): Shortcut | null {
    const begun = this.#begunAt !== null && at - this.#begunAt <= WAIT_MS;
    this.#begunAt = null;
    if (ctrlOrMeta) return key.toLowerCase() === 'k' && !alt ? 'palette' : null;
    if (typing || alt) return null;
    if (begun) return AFTER_G[key] ?? null;
    if (key === 'g') this.#begunAt = at;
    return key === '?' ? 'shortcuts' : null;
  }
}
