/**
 * What happened in a simulation, in order: a hash that two runs of one seed must share, and the
 * lines themselves when someone wants to read them.
 */
export class EventTrace {
  readonly lines: string[] = [];
  readonly #keeps: boolean;
  #hash = 0x811c9dc5;
  #events = 0;

  /** `keeps` = the lines stay readable; without it only their hash does. */
  constructor(keeps: boolean) {
    this.#keeps = keeps;
  }

  get events(): number {
    return this.#events;
  }

  /** FNV-1a over all lines, 8 hexadecimal digits. */
  get hash(): string {
    return (this.#hash >>> 0).toString(16).padStart(8, '0');
  }

  /** `atMs` is relative to the start of the simulation. */
  note(atMs: number, text: string): void {
    this.#events++;
    const line = `${atMs.toFixed(3)} ${text}`;
    let hash = this.#hash;
    for (let i = 0; i < line.length; i++) hash = Math.imul(hash ^ line.charCodeAt(i), 0x01000193);
    this.#hash = hash;
    if (this.#keeps) this.lines.push(line);
  }
}
