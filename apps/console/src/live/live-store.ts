/**
 * What every store offers React: a published version and listeners that are called once a frame.
 *
 * Messages change a store at once; `version` moves only when the frame publishes it, so that
 * a selector's answer is stable between two frames.
 */
import type { FrameScheduler } from './frame-scheduler.ts';

export class LiveStore {
  readonly #frames: FrameScheduler;
  readonly #listeners = new Set<() => void>();
  readonly #publish: () => void;
  #version = 0;

  constructor(frames: FrameScheduler) {
    this.#frames = frames;
    this.#publish = () => {
      this.#version++;
      for (const listener of this.#listeners) listener();
    };
  }

  get version(): number {
    return this.#version;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Asks for listeners to be called in the next frame. */
  protected changed(): void {
    this.#frames.request(this.#publish);
  }
}
