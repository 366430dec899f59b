/** What is drawn of an answer: made again only when what it is made of has changed. */
import type { FlameGraphAnswer, FlameProfile, JobTopology } from '@weir/console-protocol';
import { useMemo } from 'react';
import { type FlameColours, flameColours } from '../../../model/flame/flame-colour.ts';
import { type FlameDiff, flameDiff } from '../../../model/flame/flame-diff.ts';
import { type FlameForest, flameForest, NO_FOREST } from '../../../model/flame/flame-forest.ts';
import { type FlameMatches, matchesOf } from '../../../model/flame/flame-reading.ts';
import type { FlameSearch } from './flame-search.ts';

export interface FlameView {
  readonly profile: FlameProfile | null;
  /** What it is compared with; null when nothing is, or nothing is kept of it. */
  readonly before: FlameProfile | null;
  readonly forest: FlameForest;
  readonly colours: FlameColours;
  readonly matches: FlameMatches;
  /** Null as `before`. */
  readonly diff: FlameDiff | null;
  /** Colour of a node, as CSS has it. */
  readonly tokenOf: (path: string) => string;
}

export function useFlamePicture(
  answer: FlameGraphAnswer | undefined,
  base: FlameGraphAnswer | null,
  search: FlameSearch,
  topology: JobTopology | null,
): FlameView {
  const { q = '', engine } = search;
  const by = search.by ?? 'operator';
  const profile = answer?.profile ?? null;
  const before = base?.profile ?? null;
  const folding = engine === 'shown' ? 'shown' : 'folded';
  const single = useMemo(() => {
    const alone = topology?.vertices.filter(({ operators }) => operators.length === 1);
    return new Set(alone?.map(({ id }) => id));
  }, [topology]);
  const forest = useMemo(
    () => (profile === null ? NO_FOREST : flameForest(profile.tree, folding, single)),
    [profile, folding, single],
  );
  const diff = useMemo(
    () => (before === null ? null : flameDiff(forest, flameForest(before.tree, folding, single))),
    [forest, before, folding, single],
  );
  const colours = useMemo(() => flameColours(forest, topology, by), [forest, topology, by]);
  const matches = useMemo(() => matchesOf(forest, q), [forest, q]);
  const tokenOf = useMemo(() => {
    const nodes = new Map(forest.path.map((path, node) => [path, node]));
    return (path: string) => `var(${colours.of(nodes.get(path) ?? -1).token ?? '--text-3'})`;
  }, [forest, colours]);
  return { profile, before, forest, colours, matches, diff, tokenOf };
}
