/** How evenly records are spread over the subtasks of a vertex, in a sentence. */
import { countFigure, figureText } from './figures.ts';

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
