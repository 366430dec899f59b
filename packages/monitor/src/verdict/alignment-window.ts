/**
 * For which share of the last five or ten seconds, whichever is more, inputs were held back by
 * alignments. Checkpoints come more rarely than frames: a short window sees one now and none then,
 * a long one sees it late.
 */
import type { JobTopology } from '@weir/console-protocol';
import type { ProbeFrame, ProbeLayout } from '../cluster-probe.ts';
import { type AlignmentSeries, alignmentSeries } from './vertex-series.ts';

const WINDOW_MS = 10_000;
const SHORT_WINDOW_MS = 5000;

interface Row {
  readonly atMs: number;
  /** Cumulative ms, in the order of the series. */
  readonly alignedMs: Float64Array;
}

interface VertexAlignment {
  readonly alignment: number;
  readonly lateEdge: number | null;
}

const NONE: VertexAlignment = { alignment: 0, lateEdge: null };

export class AlignmentWindow {
  readonly #withInputs: ReadonlySet<string>;
  #series: readonly AlignmentSeries[] = [];
  #rows: Row[] = [];
  #found = new Map<string, VertexAlignment>();

  constructor(topology: JobTopology) {
    this.#withInputs = new Set(topology.edges.map(({ target }) => target));
  }

  setLayout(layout: ProbeLayout): void {
    this.#series = alignmentSeries(layout).filter(({ vertexId }) => this.#withInputs.has(vertexId));
    this.#rows = [];
  }

  clear(): void {
    this.#rows = [];
    this.#found.clear();
  }

  add({ atMs, values }: ProbeFrame): void {
    const alignedMs = Float64Array.from(this.#series, ({ position }) => values[position] ?? 0);
    this.#rows.push({ atMs, alignedMs });
    while (this.#rows[0]!.atMs < atMs - WINDOW_MS) this.#rows.shift();
    const oldest = this.#rows[0]!;
    const recent = this.#rows.find((row) => row.atMs >= atMs - SHORT_WINDOW_MS)!;
    this.#found = new Map();
    this.#series.forEach(({ vertexId, lateEdge }, at) => {
      // Over the whole window, also where less is known: one alignment at the start is not much.
      const alignment = Math.max(
        (alignedMs[at]! - oldest.alignedMs[at]!) / WINDOW_MS,
        (alignedMs[at]! - recent.alignedMs[at]!) / SHORT_WINDOW_MS,
      );
      const most = this.#found.get(vertexId) ?? NONE;
      if (alignment <= most.alignment) return;
      const edge = values[lateEdge] ?? -1;
      this.#found.set(vertexId, { alignment, lateEdge: edge >= 0 ? edge : null });
    });
  }

  of(vertexId: string): VertexAlignment {
    return this.#found.get(vertexId) ?? NONE;
  }
}
