/** Which of several resolutions answers a question about a range. */

export interface StepBegin {
  readonly step: number;
  /** Of its first point in the range; null = it has none. */
  readonly first: number | null;
}

/** Points of one time begin this close to each other in all resolutions. */
const SAME_BEGIN_MS = 60_000;

/**
 * The finest step that reaches back as far as any and needs at most `points`; else the coarsest
 * that reaches back so far. Null when there is nothing.
 * @param begins finest first.
 */
export function chosenStep(
  begins: readonly StepBegin[],
  to: number,
  points: number,
): number | null {
  const known = begins.flatMap(({ step, first }) => (first === null ? [] : [{ step, first }]));
  const earliest = Math.min(...known.map(({ first }) => first));
  const reaching = known.filter(({ first }) => first - earliest < SAME_BEGIN_MS);
  const fitting = reaching.find(({ step, first }) => (to - first) / step <= points);
  return (fitting ?? reaching.at(-1))?.step ?? null;
}
