/**
 * Keeps a monitor that is slower than its frames from being buried under them.
 *
 * Of each job one frame is on its way at a time. Until that is read, the newest frame waits and
 * takes the place of the one that waited before: counters are cumulative, so that nothing is lost
 * but resolution, and memory is bounded by two frames a job. What changes the meaning of frames
 * (layout, state, removal) lets the waiting one go first.
 */
import type { ProbeEvent } from '@weir/monitor';

type FrameEvent = Extract<ProbeEvent, { type: 'frame' }>;

interface Lane {
  onItsWay: number;
  waiting: FrameEvent | null;
}

const MEANING = new Set<ProbeEvent['type']>(['topology', 'layout', 'state', 'removed']);

export class FrameGate {
  readonly #send: (event: ProbeEvent) => void;
  readonly #lanes = new Map<string, Lane>();

  constructor(send: (event: ProbeEvent) => void) {
    this.#send = send;
  }

  apply(event: ProbeEvent): void {
    if (event.type === 'frame') {
      this.#applyFrame(event);
      return;
    }
    if (MEANING.has(event.type)) this.#letGo(event.jobId);
    this.#send(event);
  }

  /** A frame of the job has been read. */
  read(jobId: string): void {
    const lane = this.#lanes.get(jobId);
    if (lane === undefined) return;
    lane.onItsWay--;
    if (lane.onItsWay > 0) return;
    if (lane.waiting === null) this.#lanes.delete(jobId);
    else this.#letGo(jobId);
  }

  /** Nobody reads any more. */
  clear(): void {
    this.#lanes.clear();
  }

  #applyFrame(event: FrameEvent): void {
    const lane = this.#lanes.get(event.jobId);
    if (lane !== undefined) {
      lane.waiting = event;
      return;
    }
    this.#lanes.set(event.jobId, { onItsWay: 1, waiting: null });
    this.#send(event);
  }

  #letGo(jobId: string): void {
    const lane = this.#lanes.get(jobId);
    if (lane === undefined || lane.waiting === null) return;
    const { waiting } = lane;
    lane.waiting = null;
    lane.onItsWay++;
    this.#send(waiting);
  }
}
