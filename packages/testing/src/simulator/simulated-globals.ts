/**
 * What JavaScript gives every program for nothing — the date, chance, the time since the start,
 * timers — as a simulated thread sees it. Installed before the job is evaluated; each thread brings
 * its own (`runWithin`), and promises that it starts keep it. Code outside of any simulated thread
 * sees the real ones, so that a test framework around a simulation can't disturb it.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { ClockPort, RandomPort, TimerHandle, TimerPort } from '@weir/core';

export interface ThreadGlobals {
  readonly clock: ClockPort;
  readonly random: RandomPort;
  readonly timers: TimerPort;
}

const current = new AsyncLocalStorage<ThreadGlobals>();
let installed = 0;
let restore: () => void = () => {};

export function runWithin<T>(globals: ThreadGlobals, run: () => T): T {
  return current.run(globals, run);
}

/** Until the returned function is called; may be nested. */
export function installSimulatedGlobals(): () => void {
  if (installed++ === 0) restore = install();
  return () => {
    if (--installed === 0) restore();
  };
}

/** What `setTimeout` answers in a simulated thread. */
class SimulatedTimeout {
  #handle: TimerHandle | null = null;
  #isCleared = false;

  start(timers: TimerPort, delayMs: number, callback: () => void, repeats: boolean): this {
    const fire = (): void => {
      if (repeats && !this.#isCleared) this.start(timers, delayMs, callback, true);
      callback();
    };
    if (!this.#isCleared) this.#handle = timers.schedule(delayMs, fire);
    return this;
  }

  clear(): void {
    this.#isCleared = true;
    this.#handle?.cancel();
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  hasRef(): boolean {
    return true;
  }
}

type Callback = (...values: unknown[]) => void;

function install(): () => void {
  const real = {
    Date: globalThis.Date,
    random: Math.random,
    setTimeout: globalThis.setTimeout,
    setInterval: globalThis.setInterval,
    setImmediate: globalThis.setImmediate,
    clearTimeout: globalThis.clearTimeout,
    clearInterval: globalThis.clearInterval,
    clearImmediate: globalThis.clearImmediate,
  };
  const now = performance.now.bind(performance);
  const begin = (repeats: boolean, original: (...values: never[]) => unknown) => {
    return (callback: Callback, delayMs: unknown, ...values: unknown[]): unknown => {
      const timers = current.getStore()?.timers;
      if (timers === undefined)
        return Reflect.apply(original, null, [callback, delayMs, ...values]);
      const ms = Math.max(1, Number(delayMs) || 0);
      return new SimulatedTimeout().start(timers, ms, () => callback(...values), repeats);
    };
  };
  const clear = (original: (...values: never[]) => unknown) => (timeout: unknown) => {
    if (timeout instanceof SimulatedTimeout) timeout.clear();
    else Reflect.apply(original, null, [timeout]);
  };
  const immediate = begin(false, (callback: Callback, _: unknown, ...values: unknown[]) =>
    Reflect.apply(real.setImmediate, null, [callback, ...values]),
  );
  Object.assign(globalThis, {
    Date: simulatedDate(real.Date),
    setTimeout: begin(false, real.setTimeout),
    setInterval: begin(true, real.setInterval),
    setImmediate: (callback: Callback, ...values: unknown[]) => immediate(callback, 0, ...values),
    clearTimeout: clear(real.clearTimeout),
    clearInterval: clear(real.clearInterval),
    clearImmediate: clear(real.clearImmediate),
  });
  Math.random = () => (current.getStore()?.random ?? { next: real.random }).next();
  performance.now = () => current.getStore()?.clock.monotonicMs() ?? now();
  return () => {
    const { random, ...globals } = real;
    Object.assign(globalThis, globals);
    Math.random = random;
    Reflect.deleteProperty(performance, 'now');
  };
}

/** A moment that is given is the same everywhere; only "now" is the thread's. */
function simulatedDate(real: DateConstructor): DateConstructor {
  const nowMs = (): number | null => {
    const store = current.getStore();
    return store === undefined ? null : Math.floor(store.clock.nowMs());
  };
  return new Proxy(real, {
    construct(target, values, newTarget) {
      const ms = values.length === 0 ? nowMs() : null;
      return Reflect.construct(target, ms === null ? values : [ms], newTarget);
    },
    apply(target) {
      const ms = nowMs();
      return ms === null ? target() : new target(ms).toString();
    },
    get(target, name, receiver) {
      if (name === 'now') return () => nowMs() ?? target.now();
      return Reflect.get(target, name, receiver);
    },
  });
}
