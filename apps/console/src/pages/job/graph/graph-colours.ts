/** What colours the graph, handed down to everything that is drawn of it. */
import { createContext, use } from 'react';
import type { JobStore } from '../../../live/job-store.ts';
import type { CheckpointTimes, ColourMode, ColourScale } from '../../../model/graph/colour-mode.ts';
import { type GraphValues, graphValues } from '../../../model/graph/graph-values.ts';

export interface GraphColours {
  readonly mode: ColourMode;
  readonly checkpoints: CheckpointTimes;
  /** Changes with everything here: part of a selector's key. */
  readonly key: string;
}

const NO_TIMES: CheckpointTimes = new Map();
export const BY_BUSYNESS: GraphColours = {
  mode: 'busyness',
  checkpoints: NO_TIMES,
  key: 'busyness',
};

export const GraphColoursContext = createContext<GraphColours>(BY_BUSYNESS);

export function useGraphColours(): GraphColours {
  return use(GraphColoursContext);
}

interface Known {
  readonly version: number;
  readonly key: string;
  readonly values: GraphValues;
}

const known = new WeakMap<JobStore, Known>();

/** Of all vertices as published; computed once for all who ask. */
export function valuesOf(store: JobStore, { mode, checkpoints, key }: GraphColours): GraphValues {
  const last = known.get(store);
  if (last?.version === store.version && last.key === key) return last.values;
  const values = graphValues(store, mode, checkpoints);
  known.set(store, { version: store.version, key, values });
  return values;
}

/** The scale of the whole graph. */
export function scaleOf(store: JobStore, colours: GraphColours): ColourScale {
  return valuesOf(store, colours).scale;
}
