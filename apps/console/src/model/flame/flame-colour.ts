/** What the colours of a flame graph mean: operators, or packages. */
import type { FlameFrame, JobTopology } from '@weir/console-protocol';
import { type FlameForest, frameOf } from './flame-forest.ts';
import { vertexTitle } from '../graph/vertex-title.ts';

export type ColourBy = 'operator' | 'package';

export interface ColourKey {
  /** Token of the series; null = the engine's grey. */
  readonly token: string | null;
  readonly label: string;
}

const SERIES = 8;
/** Of the whole: narrower frames are colours without a place in the legend. */
const SEEN_FROM = 0.01;
const GREY: ColourKey = { token: null, label: 'engine' };
/** They look like what they are, whatever colours mean. */
const STATES = new Set<FlameFrame['kind']>(['queued', 'blocked', 'starved']);

export interface FlameColours {
  of(node: number): ColourKey;
  /** In the order of the job, those that are seen in the picture. */
  readonly legend: readonly ColourKey[];
}

export function flameColours(
  forest: FlameForest,
  topology: JobTopology | null,
  by: ColourBy,
): FlameColours {
  const keys = by === 'operator' ? operatorKeys(topology) : packageKeys(forest);
  const found = new Map<string, ColourKey>();
  const colours = Array.from(forest.frame, (_, node) => {
    const frame = frameOf(forest, node);
    const name = by === 'operator' ? forest.owner[node]! : packageOf(frame);
    const isGrey = frame.kind === 'engine' || frame.kind === 'gc' || STATES.has(frame.kind);
    const key = isGrey ? GREY : (keys.get(name) ?? GREY);
    const named = key !== GREY || frame.kind === 'engine';
    const seen = forest.total[node]! >= SEEN_FROM * forest.totalMs;
    if (seen && named) found.set(key.label, key);
    return key;
  });
  const all = new Map([...keys.values(), GREY].map((key) => [key.label, key]));
  const legend = [...all.values()].filter(({ label }) => found.has(label));
  return { of: (node) => colours[node] ?? GREY, legend };
}

/** By owner: an operator, or a vertex as a whole, which takes its first operator's. */
function operatorKeys(topology: JobTopology | null): Map<string, ColourKey> {
  const keys = new Map<string, ColourKey>();
  let next = 0;
  for (const vertex of topology?.vertices ?? []) {
    for (const operator of vertex.operators) {
      const name = operator.name.replace(/^(Source|Sink): /, '');
      const key = { token: tokenOf(next++), label: name };
      if (!keys.has(`${vertex.id}/`))
        keys.set(`${vertex.id}/`, { ...key, label: vertexTitle(vertex) });
      keys.set(`${vertex.id}/${operator.id}`, key);
    }
  }
  return keys;
}

function packageKeys(forest: FlameForest): Map<string, ColourKey> {
  const names = [...new Set(forest.frames.map(packageOf))].filter((name) => name !== '');
  return new Map(names.sort().map((name, i) => [name, { token: tokenOf(i), label: name }]));
}

function packageOf({ kind, package: name, file }: FlameFrame): string {
  if (kind === 'user') return 'the job';
  if (kind === 'native') return 'native';
  return name ?? (file === null ? '' : 'other');
}

function tokenOf(index: number): string {
  return `--s${(index % SERIES) + 1}`;
}
