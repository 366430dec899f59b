/** What a group of vertices shows: one number, and whether the cause is among them. */
import { MODE_LOOKS } from './colour-mode.ts';
import { figureText, percentFigure } from '../figures/figures.ts';
import type { VertexGroup } from './graph-groups.ts';
import { type GraphValues, highestOf, isHeld } from './graph-values.ts';

export interface GroupView {
  /** `max`, or nothing before a share of backpressure. */
  readonly before: string;
  readonly value: string;
  readonly after: string;
}

/** A group counts as held up when so many of its vertices are. */
const HELD_SHARE = 0.5;

export function groupView(values: GraphValues, { places }: VertexGroup): GroupView {
  const { scale, cause, pressure } = values;
  if (scale.mode === 'busyness' && isGroupHeld(values, places) && !places.includes(cause)) {
    const most = highestOf(pressure, places);
    return { before: '', value: figureText(percentFigure(most)), after: 'backpr.' };
  }
  const { figure, short } = MODE_LOOKS[scale.mode];
  const value = figureText(figure(highestOf(values.values, places)));
  return { before: 'max', value, after: short };
}

export function isGroupHeld(values: GraphValues, places: readonly number[]): boolean {
  let held = 0;
  for (const at of places) if (isHeld(values, at)) held++;
  return held >= places.length * HELD_SHARE;
}

/** Id of the vertex that limits the job, if it is in a group. */
export function causeIn(
  { limiting }: { readonly limiting: string | null },
  group: VertexGroup,
): string | null {
  return limiting !== null && group.vertexIds.includes(limiting) ? limiting : null;
}
