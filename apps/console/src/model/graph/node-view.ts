/** What a node of the graph shows at the newest tick, ready to be printed. */
import type { VertexTick } from '@weir/console-protocol';
import {
  type CheckpointTimes,
  type ColourScale,
  type ColourSource,
  MODE_LOOKS,
  modeColour,
  modeValue,
} from './colour-mode.ts';
import { countFigure, durationFigure, figureText, partsOfHundred } from '../figures/figures.ts';

/** A vertex backpressured for more than this is a victim: hatched, never red. */
export const VICTIM_FROM = 0.5;

/** What a view reads of a job: its store, live or of the past. */
export interface NodeSource extends ColourSource {
  /** Id of the vertex that limits the job; null while none does. */
  readonly limiting: string | null;
}

/** Flat, so that it compares by its fields. */
export interface NodeView {
  readonly fill: string;
  readonly ink: string;
  /** Backpressured; `hatched` only where the colour does not say something else. */
  readonly victim: boolean;
  readonly hatched: boolean;
  readonly cause: boolean;
  /** `busy backpressured idle` as whole per cent that add up to 100; '' while unknown. */
  readonly parts: string;
  readonly recordsIn: string;
  readonly recordsOut: string;
  readonly watermark: string;
  readonly tasks: string;
  /** The number that the colour stands for. */
  readonly value: string;
}

export function nodeView(
  source: NodeSource,
  vertexId: string,
  scale: ColourScale,
  checkpoints: CheckpointTimes,
): NodeView {
  const tick = source.vertex(vertexId);
  const lag = source.watermarkLag(vertexId);
  const parts = tick === null ? null : partsOfHundred([tick.busy, tick.backpressured, tick.idle]);
  const value = modeValue(scale.mode, source, vertexId, checkpoints);
  const cause = source.limiting === vertexId;
  // What limits the job may be held up in a subtask as well; it is the cause all the same.
  const victim = isVictim(tick) && !cause;
  return {
    ...modeColour(scale, value, cause),
    victim,
    hatched: victim && hatches(scale),
    cause,
    parts: parts === null ? '' : parts.join(' '),
    recordsIn: figureText(countFigure(tick?.recordsIn ?? null)),
    recordsOut: figureText(countFigure(tick?.recordsOut ?? null)),
    watermark: lag === null ? '—' : figureText(durationFigure(lag)),
    tasks: notRunning(tick?.tasks ?? {}),
    value: figureText(MODE_LOOKS[scale.mode].figure(value)),
  };
}

export function isVictim(tick: VertexTick | null): boolean {
  return (tick?.backpressuredMax ?? tick?.backpressured ?? 0) > VICTIM_FROM;
}

/** Where the colour says something of pressure, the hatch does. */
export function hatches({ mode }: Pick<ColourScale, 'mode'>): boolean {
  return mode === 'busyness' || mode === 'backpressure';
}

/** Subtasks that are in another state than RUNNING, in words; '' if none is. */
function notRunning(tasks: Readonly<Record<string, number>>): string {
  return Object.entries(tasks)
    .filter(([state, count]) => state !== 'RUNNING' && state !== 'FINISHED' && count > 0)
    .map(([state, count]) => `${count} ${state.toLowerCase()}`)
    .join(', ');
}
