/**
 * Where in a frame the figures of single subtasks and operators lie that only verdicts ask for.
 * A vertex is indexed when it comes under suspicion, not before: most never do.
 */
import type { ProbeLayout } from '../cluster-probe.ts';

export interface SubtaskSeries {
  readonly subtask: number;
  readonly slot: number | null;
  readonly positions: ReadonlyMap<string, number>;
  readonly operators: ReadonlyMap<string, ReadonlyMap<string, number>>;
}

/** Cumulative alignment of each subtask that has one. */
export interface AlignmentSeries {
  readonly vertexId: string;
  readonly position: number;
  readonly lateEdge: number;
}

/** By subtask, ascending. O(series). */
export function seriesOfVertex(layout: ProbeLayout, vertexId: string): SubtaskSeries[] {
  const found = new Map<number, Open>();
  layout.series.forEach((series, position) => {
    if (series.vertexId !== vertexId) return;
    const { subtask, operatorId, name } = series;
    let open = found.get(subtask);
    if (open === undefined) {
      open = { subtask, slot: series.slot ?? null, positions: new Map(), operators: new Map() };
      found.set(subtask, open);
    }
    if (operatorId === null) {
      open.positions.set(name, position);
      return;
    }
    const own = open.operators.get(operatorId) ?? new Map<string, number>();
    open.operators.set(operatorId, own);
    own.set(name, position);
  });
  return [...found.values()].sort((left, right) => left.subtask - right.subtask);
}

/** O(series); once per layout. */
export function alignmentSeries(layout: ProbeLayout): AlignmentSeries[] {
  const late = new Map<string, number>();
  layout.series.forEach(({ vertexId, subtask, operatorId, name }, position) => {
    if (operatorId === null && name === 'alignmentLateEdge') {
      late.set(`${vertexId}/${subtask}`, position);
    }
  });
  const found: AlignmentSeries[] = [];
  layout.series.forEach(({ vertexId, subtask, operatorId, name }, position) => {
    if (operatorId !== null || name !== 'alignmentTimeMs') return;
    found.push({ vertexId, position, lateEdge: late.get(`${vertexId}/${subtask}`) ?? -1 });
  });
  return found;
}

/** By edge: where its senders count the time for which they found it full. O(series). */
export function blockedPositions(layout: ProbeLayout): Map<number, number[]> {
  const found = new Map<number, number[]>();
  layout.series.forEach(({ name, operatorId }, position) => {
    if (operatorId !== null || !name.endsWith('.blockedMs')) return;
    const edge = Number(name.split('.')[1]);
    const positions = found.get(edge) ?? [];
    found.set(edge, positions);
    positions.push(position);
  });
  return found;
}

interface Open extends SubtaskSeries {
  readonly positions: Map<string, number>;
  readonly operators: Map<string, Map<string, number>>;
}
