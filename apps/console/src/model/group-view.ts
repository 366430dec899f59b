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
}

/** A group counts as held up when so many of its vertices are. */
const HELD_SHARE = 0.5;

export function groupView(
  source: NodeSource,
  group: VertexGroup,
  scale: ColourScale,
  checkpoints: CheckpointTimes,
): GroupView {
  const ids = group.vertexIds;
  let held = 0;
  for (const id of ids) if (isVictim(source.vertex(id))) held++;
  if (
    scale.mode === 'busyness' &&
    held >= ids.length * HELD_SHARE &&
    causeIn(source, group) === null
  ) {
    const most = highest(ids, (id) => {
      const tick = source.vertex(id);
      return tick?.backpressuredMax ?? tick?.backpressured ?? null;
    });
    return { before: '', value: figureText(percentFigure(most)), after: 'backpr.' };
  }
  const most = highest(ids, (id) => modeValue(scale.mode, source, id, checkpoints));
  const { figure, short } = MODE_LOOKS[scale.mode];
  return { before: 'max', value: figureText(figure(most)), after: short };
}

/** Id of the vertex that limits the job, if it is in a group. */
export function causeIn({ verdicts }: NodeSource, group: VertexGroup): string | null {
  const causeId = verdicts.current?.vertexId ?? null;
  return causeId !== null && group.vertexIds.includes(causeId) ? causeId : null;
}

function highest(ids: readonly string[], read: (id: string) => number | null): number | null {
  let most: number | null = null;
  for (const id of ids) {
    const value = read(id);
    if (value !== null && (most === null || value > most)) most = value;
  }
  return most;
}
