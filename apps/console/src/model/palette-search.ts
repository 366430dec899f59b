/** What the command palette shows for a text: every word must be there, beginnings come first. */
export interface Searchable {
  readonly group: string;
  readonly label: string;
  /** Further text that is searched, such as an id. */
  readonly detail: string;
}

/** At most this many of a group: the rest is found by typing on. */
export const GROUP_MAX = 8;

export interface PaletteGroup<E> {
  readonly name: string;
  readonly entries: readonly E[];
}

/** Groups in the order of their first entry, each with its best matches; empty ones are left out. */
export function searchPalette<E extends Searchable>(
  entries: readonly E[],
  text: string,
): PaletteGroup<E>[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const groups = new Map<string, { entry: E; rank: number }[]>();
  for (const entry of entries) {
    const rank = rankOf(entry, words);
    if (rank === null) continue;
    const group = groups.get(entry.group) ?? [];
    groups.set(entry.group, group);
    group.push({ entry, rank });
  }
  return [...groups].map(([name, found]) => ({
    name,
    entries: found
      .sort((a, b) => a.rank - b.rank)
      .slice(0, GROUP_MAX)
      .map(({ entry }) => entry),
  }));
}

export interface MarkedPart {
  readonly text: string;
  readonly hit: boolean;
}

/** A label in parts, those that a word of the text found marked. */
export function markedParts(label: string, text: string): MarkedPart[] {
  const name = label.toLowerCase();
  const hits = text
    .toLowerCase()
    .split(/\s+/)
    .filter(Boolean)
    .map((word) => ({ from: name.indexOf(word), to: name.indexOf(word) + word.length }))
    .filter(({ from }) => from >= 0)
    .sort((a, b) => a.from - b.from);
  const parts: MarkedPart[] = [];
  let at = 0;
  for (const { from, to } of hits) {
    if (from > at) parts.push({ text: label.slice(at, from), hit: false });
    if (to > at) parts.push({ text: label.slice(Math.max(at, from), to), hit: true });
    at = Math.max(at, to);
  }
  return at < label.length ? [...parts, { text: label.slice(at), hit: false }] : parts;
}

/** Lower is better; null = no match. The sort is stable, so equals stay in their order. */
function rankOf({ label, detail, group }: Searchable, words: readonly string[]): number | null {
  const name = label.toLowerCase();
  const rest = `${detail} ${group}`.toLowerCase();
  let rank = 0;
  for (const word of words) {
    const at = name.indexOf(word);
    if (at === 0) continue;
    if (at > 0) rank += /\w/.test(name[at - 1]!) ? 2 : 1;
    else if (rest.includes(word)) rank += 3;
    else return null;
  }
  return rank;
}
