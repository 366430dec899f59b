/** How evenly records are spread over the subtasks of a vertex, in a sentence. */
import { countFigure, figureText, percentFigure } from '../figures/figures.ts';
import type { Bottleneck } from '../verdict/verdict-tracker.ts';

/** Up to this many times the mean is even enough. */
const EVEN_MAX = 1.3;

/** @param rates records per second by subtask. Null where there is nothing to compare. */
export function skewSentence(rates: readonly (number | null)[]): string | null {
  const known = rates.filter((rate) => rate !== null);
  const sum = known.reduce((total, rate) => total + rate, 0);
  if (known.length < 2 || sum <= 0) return null;
  const mean = sum / known.length;
  const most = Math.max(...known);
  const subtask = rates.indexOf(most);
  if (most <= EVEN_MAX * mean) return 'Records are spread evenly over the subtasks.';
  const times = figureText(countFigure(most / mean));
  const rate = figureText(countFigure(most, 'rec/s'));
  return `Subtask ${subtask} takes ${times} times its share of the records: ${rate}.`;
}

/** The most frequent key of a vertex that the verdict is about; null where none is known. */
export function hotKeySentence(bottleneck: Bottleneck | null, vertexId: string): string | null {
  const { subject = null, figures = {}, subtask = 0 } = bottleneck ?? {};
  if (bottleneck?.vertexId !== vertexId || subject?.kind !== 'key') return null;
  const share = figureText(percentFigure(figures.keyShare ?? null));
  const group = figures.keyGroup == null ? '' : `, of key group ${figures.keyGroup}`;
  return `${share} of what subtask ${subtask} takes has the key ${subject.name}${group}.`;
}
