/**
 * The server's time as it goes on, for clocks and ages. It moves in the frame that shows a message
 * anyway, so that a second is one rendering and not two, and by itself while no message comes.
 *
 * Invariants: it moves by whole seconds, so that messages that come a little early or late make no
 * clock skip one; it is never further from the real time than half a second when it moves.
 */
import { SECOND_MS } from '../model/time/tick-step.ts';
import type { FrameScheduler } from './frame-scheduler.ts';
import { LiveStore } from './live-store.ts';

export interface ClockPort {
  /** Epoch ms. */
  now(): number;
  /** Calls back once; the returned function takes it back. */
  after(ms: number, callback: () => void): () => void;
}

/** A message that comes later than this after the last one does not carry the clock. */
const LATE_MS = 300;
/** Another topic's messages in the same second do not move it. */
const SECOND_MS_MIN = 500;
const ERROR_MS_MAX = 400;

export class ClockStore extends LiveStore {
  readonly #port: ClockPort;
  #now: number;
  #movedAt: number;
  #wait: () => void = () => undefined;

  constructor(frames: FrameScheduler, port: ClockPort) {
    super(frames);
    this.#port = port;
    this.#now = port.now();
    this.#movedAt = this.#now;
    this.#moveAfter(SECOND_MS);
  }

  /** Epoch ms. */
  get now(): number {
    return this.#now;
  }

  /** A message came: what it changes is shown in the next frame. */
  message(): void {
    const next = SECOND_MS + LATE_MS;
    if (this.#port.now() - this.#movedAt >= SECOND_MS_MIN) this.#move(next);
    // One that was late: the clock waits for the next, or it would stay out of step.
    else this.#moveAfter(next);
  }

  #moveAfter(ms: number): void {
    this.#wait();
    this.#wait = this.#port.after(ms, () => this.#move(SECOND_MS));
  }

  #move(next: number): void {
    const real = this.#port.now();
    const whole = this.#now + Math.round((real - this.#now) / SECOND_MS) * SECOND_MS;
    this.#now = Math.abs(real - whole) > ERROR_MS_MAX ? real : whole;
    this.#movedAt = real;
    this.#moveAfter(next);
    this.changed();
  }
}
