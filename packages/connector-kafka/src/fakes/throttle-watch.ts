/** Sees when requests of one kind really leave, and what brokers said of waiting in between. */
import { Socket } from 'node:net';
import { vi } from 'vitest';
import { type ThrottledApi, ThrottleTimes } from '../client/throttle-times.ts';

const KEYS = { Produce: 0, Fetch: 1 } as const;
/** Timers may be early by one. */
const TOLERANCE_MS = 2;

export class ThrottleWatch {
  /** Every answer that said to wait: for how long, and when the next request left; null = none did. */
  readonly waits: Array<{ readonly toldMs: number; pausedMs: number | null }> = [];
  #toldAtMs = 0;
  readonly #spies: ReadonlyArray<{ mockRestore(): void }>;

  /** Only for one connection that has one request of this kind on its way at a time. */
  constructor(api: ThrottledApi) {
    const { write } = Socket.prototype;
    const { heard } = ThrottleTimes.prototype;
    const sent = (): void => {
      const last = this.waits.at(-1);
      if (last !== undefined) last.pausedMs ??= performance.now() - this.#toldAtMs;
    };
    const told = (toldMs: number): void => {
      if (toldMs === 0) return;
      this.#toldAtMs = performance.now();
      this.waits.push({ toldMs, pausedMs: null });
    };
    const writeSpy = vi.spyOn(Socket.prototype, 'write');
    writeSpy.mockImplementation(function (this: Socket, ...args: unknown[]) {
      const [frame] = args;
      if (Buffer.isBuffer(frame) && frame.length > 6 && frame.readInt16BE(4) === KEYS[api]) sent();
      return write.apply(this, args as Parameters<typeof write>);
    });
    const heardSpy = vi.spyOn(ThrottleTimes.prototype, 'heard');
    heardSpy.mockImplementation(function (this: ThrottleTimes, answered, toldMs) {
      if (answered === api) told(toldMs);
      heard.call(this, answered, toldMs);
    });
    this.#spies = [writeSpy, heardSpy];
  }

  /** Requests that left before they were allowed to. */
  get tooEarly(): unknown[] {
    return this.waits.filter(
      ({ toldMs, pausedMs }) => pausedMs !== null && pausedMs < toldMs - TOLERANCE_MS,
    );
  }

  stop(): void {
    for (const spy of this.#spies) spy.mockRestore();
  }
}
