/** Which vertex holds event time back: the one that adds most to the lag of its inputs. */
import type { JobTopology } from '@weir/console-protocol';
import type { Vertex } from '../graph/vertex-kind.ts';

/** Less than this is the rhythm of periodic watermarks, not a holder. */
const NOTABLE_MS = 1000;

export interface LagSource {
  watermarkLag(vertexId: string): number | null;
}

export interface Holder {
  readonly vertex: Vertex;
  /** What it adds to the largest lag of its inputs, ms. */
  readonly addsMs: number;
}

export function holdingVertex(topology: JobTopology, lags: LagSource): Holder | null {
  let found: Holder | null = null;
  for (const vertex of topology.vertices) {
    const own = lags.watermarkLag(vertex.id);
    if (own === null) continue;
    let inputs = 0;
    for (const edge of topology.edges) {
      if (edge.target === vertex.id) inputs = Math.max(inputs, lags.watermarkLag(edge.source) ?? 0);
    }
    const addsMs = own - inputs;
    if (addsMs >= NOTABLE_MS && addsMs > (found?.addsMs ?? 0)) found = { vertex, addsMs };
  }
  return found;
}
