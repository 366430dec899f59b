/**
 * The verdicts of one job, from its frames: what a tick carries, and the events of their begin and
 * end. Called by the job's monitor with every tick, in order.
 */
import type { Bottleneck, JobEvent, JobTick, JobTopology } from '@weir/console-protocol';
import type { CodeFinding, KeyFinding, ProbeFrame, ProbeLayout } from '../cluster-probe.ts';
import type { SeriesIndex } from '../series-index.ts';
import { FrameWindow } from './frame-window.ts';
import { pictureOfTicks } from './tick-picture.ts';
import { VerdictEvents } from './verdict-events.ts';
import { VerdictTracker } from './verdict-tracker.ts';

const SMOOTHED_TICKS = 3;

export class JobVerdicts {
  readonly #topology: JobTopology;
  readonly #window: FrameWindow;
  readonly #events: VerdictEvents;
  #tracker: VerdictTracker;
  #current: Bottleneck | null = null;
  #untold: JobEvent[] = [];

  constructor(topology: JobTopology) {
    this.#topology = topology;
    this.#window = new FrameWindow(topology);
    this.#tracker = new VerdictTracker(topology);
    this.#events = new VerdictEvents(topology);
  }

  /** `grew` = it holds the one before at the same positions. */
  setLayout(layout: ProbeLayout, grew: boolean): void {
    this.#window.setLayout(layout, grew);
  }

  /** Of a verdict that was spoken; late ones are left out. */
  setCode(code: CodeFinding): void {
    this.#tracker.setCode(code);
  }

  setKey(key: KeyFinding): void {
    this.#tracker.setKey(key);
  }

  /** The tick of a frame, with the verdict. */
  judge(frame: ProbeFrame, index: SeriesIndex, tick: JobTick): JobTick {
    if (tick.state !== 'RUNNING') return this.rest(tick);
    const picture = this.#window.add(frame, index);
    if (picture === null) return { ...tick, bottleneck: this.#current, forming: null };
    const bottleneck = this.#tracker.update(picture, tick);
    this.#say(tick.t, bottleneck);
    return { ...tick, bottleneck, forming: this.#tracker.forming };
  }

  /**
   * A tick without a frame. What does not run is limited by nothing, and evidence is gathered anew
   * afterwards; what runs and does not answer is as it was.
   */
  rest(tick: JobTick): JobTick {
    if (tick.state !== 'RUNNING') {
      this.#window.clear();
      this.#tracker = new VerdictTracker(this.#topology);
      this.#say(tick.t, null);
    }
    return { ...tick, bottleneck: this.#current, forming: null };
  }

  /** What is to be told since the last call. */
  takeEvents(): readonly JobEvent[] {
    const events = this.#untold;
    this.#untold = [];
    return events;
  }

  #say(t: number, bottleneck: Bottleneck | null): void {
    this.#current = bottleneck;
    this.#untold.push(...this.#events.next(t, bottleneck, this.#tracker.takeBursts()));
  }
}

/**
 * The verdicts over ticks of the past, one per tick; coarser than those of frames, since ticks know
 * neither single subtasks nor threads. @param ticks of one topology, one a second, oldest first
 */
export function verdictsOver(
  topology: JobTopology,
  ticks: readonly JobTick[],
): (Bottleneck | null)[] {
  let tracker = new VerdictTracker(topology);
  let from = 0;
  return ticks.map((tick, at) => {
    if (tick.state !== 'RUNNING') {
      tracker = new VerdictTracker(topology);
      from = at + 1;
      return null;
    }
    const recent = ticks.slice(Math.max(from, at + 1 - SMOOTHED_TICKS), at + 1);
    return tracker.update(pictureOfTicks(recent), tick);
  });
}
