/**
 * V8's CPU profiler in one slot's thread, driven from the main thread, without a gap between one
 * profile and the next.
 *
 * Profiles overlap for an instant: `console.profile` of the inspector starts a further one in the
 * profiler that already runs. To start the profiler itself stops the thread for tens of
 * milliseconds, while V8 lists its code; a further profile costs next to nothing.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { InspectorLink } from './worker-inspector.ts';

const ANSWER_MS_MAX = 1000;

/** As the inspector gives it. Lines of `callFrame` are 0-based, of `positionTicks` 1-based. */
export interface V8Profile {
  readonly nodes: readonly V8ProfileNode[];
}

export interface V8ProfileNode {
  readonly id: number;
  readonly hitCount?: number;
  readonly callFrame: {
    readonly functionName: string;
    readonly url: string;
    readonly lineNumber: number;
    readonly columnNumber: number;
  };
  readonly children?: readonly number[];
  readonly positionTicks?: readonly { readonly line: number; readonly ticks: number }[];
}

interface FinishedProfile {
  readonly title: string;
  readonly profile: V8Profile;
}

export class SlotProfiler {
  readonly #link: InspectorLink;
  readonly #finished = new Map<string, (profile: V8Profile) => void>();
  #opened = 0;

  constructor(link: InspectorLink) {
    this.#link = link;
    link.on('Profiler.consoleProfileFinished', (params) => {
      const { title, profile } = params as FinishedProfile;
      this.#finished.get(title)?.(profile);
      this.#finished.delete(title);
    });
  }

  async start(intervalMicros: number): Promise<void> {
    await this.#answered('Profiler.enable');
    await this.#answered('Profiler.setSamplingInterval', { interval: intervalMicros });
    await this.#open();
  }

  /** What was sampled since the start or the last cut; null when the thread does not answer. */
  async cut(): Promise<V8Profile | null> {
    const title = titleOf(this.#opened);
    await this.#open();
    return this.#close(title);
  }

  async stop(): Promise<V8Profile | null> {
    const last = await this.#close(titleOf(this.#opened));
    await this.#answered('Profiler.disable');
    return last;
  }

  async #open(): Promise<void> {
    this.#opened++;
    await this.#evaluate(`console.profile('${titleOf(this.#opened)}')`);
  }

  async #close(title: string): Promise<V8Profile | null> {
    const { promise, resolve } = Promise.withResolvers<V8Profile>();
    this.#finished.set(title, resolve);
    await this.#evaluate(`console.profileEnd('${title}')`);
    const profile = await Promise.race([promise, delay(ANSWER_MS_MAX, null, { ref: false })]);
    this.#finished.delete(title);
    return profile;
  }

  #evaluate(expression: string): Promise<unknown> {
    return this.#answered('Runtime.evaluate', { expression });
  }

  /** A thread in a native call answers late; it is not waited for. */
  #answered(method: string, params: object = {}): Promise<unknown> {
    return Promise.race([
      this.#link.call(method, params),
      delay(ANSWER_MS_MAX, null, { ref: false }),
    ]);
  }
}

function titleOf(number: number): string {
  return `weir ${number}`;
}
