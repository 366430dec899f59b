/** What colours the graph, handed down to everything that is drawn of it. */
import { createContext, use } from 'react';
import type { JobStore } from '../../../live/job-store.ts';
import {
  type CheckpointTimes,
  type ColourMode,
  type ColourScale,
  colourScale,
  modeValue,
} from '../../../model/colour-mode.ts';

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

const scales = new WeakMap<JobStore, { version: number; key: string; scale: ColourScale }>();

/** The scale of the whole graph as published; computed once for all who ask. */
export function scaleOf(store: JobStore, { mode, checkpoints, key }: GraphColours): ColourScale {
  const known = scales.get(store);
  if (known?.version === store.version && known.key === key) return known.scale;
  const vertices = store.topology?.vertices ?? [];
  const scale = colourScale(
    mode,
    vertices.map(({ id }) => modeValue(mode, store, id, checkpoints)),
  );
  scales.set(store, { version: store.version, key, scale });
  return scale;
}
