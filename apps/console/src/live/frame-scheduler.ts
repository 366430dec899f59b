/**
 * One animation-frame scheduler for the whole console.
 *
 * Stores call `request` whenever a message changed them; at most once a frame every store that
 * asked is published, and React renders what changed. Invariants: one pending frame at most; a
 * task asked for twice before the frame runs once; a task that throws does not stop the others.
 */
export interface FramePort {
  request(callback: () => void): void;
  report(error: unknown): void;
}

export class FrameScheduler {
  readonly #port: FramePort;
  #pending = new Set<() => void>();
  #asked = false;

  constructor(port: FramePort) {
    this.#port = port;
  }

  /** Runs `task` in the next frame; cheap to call any number of times before it. */
  request(task: () => void): void {
    this.#pending.add(task);
    if (this.#asked) return;
    this.#asked = true;
    this.#port.request(() => this.#run());
  }

  #run(): void {
    this.#asked = false;
    const tasks = this.#pending;
    this.#pending = new Set();
    for (const task of tasks) {
      try {
        task();
      } catch (error) {
        this.#port.report(error);
      }
    }
  }
}
