/** What a group of vertices shows: one number, and whether the cause is among them. */
import { type CheckpointTimes, type ColourScale, MODE_LOOKS, modeValue } from './colour-mode.ts';
import type { VertexGroup } from './graph-groups.ts';
import { figureText, percentFigure } from './figures.ts';
import { isVictim, type NodeSource } from './node-view.ts';

export interface GroupView {
  /** `max`, or nothing before a share of backpressure. */
  readonly before: string;
  readonly value: string;
  readonly after: string;
  /** Id of the vertex that limits the job, if it is in here. */
  readonly cause: string | null;
}

/** A group counts as held up when so many of its vertices are. */
const HELD_SHARE = 0.5;

export function groupView(
  source: NodeSource,
  group: VertexGroup,
  scale: ColourScale,
  checkpoints: CheckpointTimes,
): GroupView {
  const causeId = source.verdicts.current?.vertexId ?? null;
  const cause = causeId !== null && group.vertexIds.includes(causeId) ? causeId : null;
  const ticks = group.vertexIds.map((id) => source.vertex(id));
  const held = ticks.filter((tick) => isVictim(tick)).length;
  if (scale.mode === 'busyness' && cause === null && held >= ticks.length * HELD_SHARE) {
    const most = highest(
      ticks.map((tick) => tick?.backpressuredMax ?? tick?.backpressured ?? null),
    );
    return { before: '', value: figureText(percentFigure(most)), after: 'backpr.', cause };
  }
  const values = group.vertexIds.map((id) => modeValue(scale.mode, source, id, checkpoints));
  const { figure, short } = MODE_LOOKS[scale.mode];
  return { before: 'max', value: figureText(figure(highest(values))), after: short, cause };
}

function highest(values: readonly (number | null)[]): number | null {
  let most: number | null = null;
  for (const value of values) if (value !== null && (most === null || value > most)) most = value;
  return most;
}
