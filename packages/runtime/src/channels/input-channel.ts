/** The receiving end of a channel, as its gate sees it. */
import type { StreamElement } from '../operators/output-buffer.ts';

export abstract class InputChannel {
  /** Which input of the task it belongs to. */
  readonly input: number;
  /** Position in its gate; set by the gate. */
  index = -1;
  /** Index of its edge in the job graph; set by the exchange. */
  edge = -1;
  /** Held back by an alignment. */
  isBlocked = false;
  /** In the gate's line of channels that have something. */
  isQueued = false;
  /** No records follow; barriers do. */
  hasEnded = false;
  /** Bytes of the batch that `take` returned last. */
  takenBytes = 0;
  /** Where to say that something arrived. */
  onData: (channel: InputChannel) => void = ignore;

  constructor(input: number) {
    this.input = input;
  }

  abstract readonly hasData: boolean;
  abstract readonly queuedBytes: number;
  /** The next element; null when it was only a piece of one. Call while `hasData`. */
  abstract take(): StreamElement | null;
}

/** Until the channel has a gate, what arrives waits; the gate asks when it begins. */
function ignore(): void {}
