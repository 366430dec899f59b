/** What a node of the graph shows at the newest tick, ready to be printed. */
import type { JobStore } from '../live/job-store.ts';
import { busyColour } from './busy-ramp.ts';
import { countFigure, durationFigure, figureText, partsOfHundred } from './figures.ts';

/** A vertex backpressured for more than this is a victim: hatched, never red. */
export const VICTIM_FROM = 0.5;

/** Flat, so that it compares by its fields. */
export interface NodeView {
  readonly fill: string;
  readonly ink: string;
  readonly victim: boolean;
  readonly cause: boolean;
  /** `busy backpressured idle` as whole per cent that add up to 100; '' while unknown. */
  readonly parts: string;
  readonly recordsIn: string;
  readonly recordsOut: string;
  readonly watermark: string;
  readonly tasks: string;
}

export function nodeView(store: JobStore, vertexId: string): NodeView {
  const tick = store.vertex(vertexId);
  const lag = store.watermarkLag(vertexId);
  const parts = tick === null ? null : partsOfHundred([tick.busy, tick.backpressured, tick.idle]);
  const { fill, ink } = busyColour(tick?.busy ?? null);
  return {
    fill,
    ink,
    victim: (tick?.backpressuredMax ?? tick?.backpressured ?? 0) > VICTIM_FROM,
    cause: store.verdicts.current?.vertexId === vertexId,
    parts: parts === null ? '' : parts.join(' '),
    recordsIn: figureText(countFigure(tick?.recordsIn ?? null)),
    recordsOut: figureText(countFigure(tick?.recordsOut ?? null)),
    watermark: lag === null ? '—' : figureText(durationFigure(lag)),
    tasks: notRunning(tick?.tasks ?? {}),
  };
}

/** Subtasks that are in another state than RUNNING, in words; '' if none is. */
function notRunning(tasks: Readonly<Record<string, number>>): string {
  return Object.entries(tasks)
    .filter(([state, count]) => state !== 'RUNNING' && state !== 'FINISHED' && count > 0)
    .map(([state, count]) => `${count} ${state.toLowerCase()}`)
    .join(', ');
}
