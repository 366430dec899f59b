/**
 * Which shortcut a key press completes. Pure: fed with keys and times by the frame.
 *
 * Invariant: `g` waits for its second key for 1.5 s and for one key only.
 */
export type TimeKey = 'pause' | 'live' | 'earlier' | 'later';

export type Shortcut =
  | { readonly kind: 'overlay'; readonly overlay: 'palette' | 'shortcuts' }
  | { readonly kind: 'time'; readonly key: TimeKey }
  /** `g` and a letter: where that leads is up to the frame. */
  | { readonly kind: 'jump'; readonly key: string };

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
const TIME_KEYS: Readonly<Record<string, TimeKey>> = {
  p: 'pause',
  l: 'live',
  '[': 'earlier',
  ']': 'later',
};

export class KeySequence {
  #begunAt: number | null = null;

  press({ key, ctrlOrMeta, alt, typing, at }: KeyPress): Shortcut | null {
    const begun = this.#begunAt !== null && at - this.#begunAt <= WAIT_MS;
    this.#begunAt = null;
    if (ctrlOrMeta && !alt && key.toLowerCase() === 'k') {
      return { kind: 'overlay', overlay: 'palette' };
    }
    if (typing) return null;
    // Brackets need AltGr on many keyboards, which reports Ctrl and Alt.
    const time = TIME_KEYS[key];
    if (time !== undefined && (key === '[' || key === ']')) return { kind: 'time', key: time };
    if (ctrlOrMeta || alt) return null;
    if (begun) return { kind: 'jump', key };
    if (time !== undefined) return { kind: 'time', key: time };
    if (key === 'g') this.#begunAt = at;
    return key === '?' ? { kind: 'overlay', overlay: 'shortcuts' } : null;
  }
}
