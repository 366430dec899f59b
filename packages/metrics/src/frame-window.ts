/**
 * The last few frames of one job, from which rates are taken.
 *
 * Invariants: all frames belong to the current layout or to a prefix of it (a layout that only
 * grew keeps older frames; any other layout starts afresh, as after a restart); at most
 * `FRAMES_MAX`; times increase.
 */
import type { ProcessFigures, SeriesFrame, SeriesLayout } from './series.ts';

/** Rates are means over about this long, ms: fresh, and steady enough to read. */
export const RATE_WINDOW_MS = 5000;
const FRAMES_MAX = 16;

export class FrameWindow {
  #layout: SeriesLayout = { version: -1, series: [] };
  #frames: SeriesFrame[] = [];

  get layout(): SeriesLayout {
    return this.#layout;
  }

  get latest(): SeriesFrame | null {
    return this.#frames.at(-1) ?? null;
  }

  get process(): ProcessFigures | null {
    return this.latest?.process ?? null;
  }

  setLayout(layout: SeriesLayout): void {
    if (!grew(this.#layout, layout)) this.#frames = [];
    this.#layout = layout;
  }

  /** False if the frame belongs to another layout or is not newer; it is then not taken. */
  add(frame: SeriesFrame): boolean {
    const latest = this.latest;
    if (frame.layoutVersion !== this.#layout.version) return false;
    if (latest !== null && frame.atMs <= latest.atMs) return false;
    this.#frames.push(frame);
    if (this.#frames.length > FRAMES_MAX) this.#frames.shift();
    return true;
  }

  /** NaN before the first frame, or for a position that came later than the latest frame. */
  value(index: number): number {
    return this.latest?.values[index] ?? Number.NaN;
  }

  /** Growth since the start of the rate window; NaN until two frames know the position. */
  growth(index: number): number {
    const base = this.#base(index);
    return base === null ? Number.NaN : this.value(index) - base.values[index]!;
  }

  /** Growth per second. */
  rate(index: number): number {
    const base = this.#base(index);
    if (base === null) return Number.NaN;
    const seconds = (this.latest!.atMs - base.atMs) / 1000;
    return Math.max(0, this.value(index) - base.values[index]!) / seconds;
  }

  /** Growth per second of a figure of the process. */
  processRate(figure: (process: ProcessFigures) => number): number {
    const base = this.#base(-1);
    const latest = this.latest;
    if (base === null || latest === null) return Number.NaN;
    const seconds = (latest.atMs - base.atMs) / 1000;
    return Math.max(0, figure(latest.process) - figure(base.process)) / seconds;
  }

  /** The youngest frame at least a window old that knows the position, else the oldest one. */
  #base(index: number): SeriesFrame | null {
    const latest = this.latest;
    if (latest === null) return null;
    let base: SeriesFrame | null = null;
    for (let i = this.#frames.length - 2; i >= 0; i--) {
      const frame = this.#frames[i]!;
      if (index >= frame.values.length) break;
      base = frame;
      if (latest.atMs - frame.atMs >= RATE_WINDOW_MS) break;
    }
    return base;
  }
}

function grew(before: SeriesLayout, after: SeriesLayout): boolean {
  if (before.series.length === 0 || after.series.length < before.series.length) return false;
  if (after.version <= before.version) return false;
  return before.series.every((series, index) => {
    const other = after.series[index]!;
    return (
      series.name === other.name &&
      series.subtask === other.subtask &&
      series.vertexId === other.vertexId &&
      series.operatorId === other.operatorId
    );
  });
}
