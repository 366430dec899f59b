/** What somebody who misspelt a name most likely meant. */

const CHANGES_MAX = 2;

/** The first of `known` that is at most two letters away (changed, added or left out); else null. */
export function nearestName(name: string, known: readonly string[]): string | null {
  return known.find((candidate) => distance(candidate, name) <= CHANGES_MAX) ?? null;
}

function distance(left: string, right: string): number {
  if (Math.abs(left.length - right.length) > CHANGES_MAX) return CHANGES_MAX + 1;
  let row = Array.from({ length: right.length + 1 }, (_, i) => i);
  for (let i = 1; i <= left.length; i++) {
    const next = [i];
    for (let j = 1; j <= right.length; j++) {
      const change = row[j - 1]! + (left[i - 1] === right[j - 1] ? 0 : 1);
      next.push(Math.min(change, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[right.length]!;
}
