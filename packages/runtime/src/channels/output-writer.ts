/**
 * All edges that one operator output feeds. An element goes into every edge; the writer is done
 * when the last channel of the last edge took the last row of it.
 *
 * Called by the task's driver: `push`, then `drain` until true.
 */
import { invariant } from '@weir/core';
import type { StreamElement } from '../operators/output-buffer.ts';
import type { EdgeStats, OutputWriter } from './contracts.ts';
import type { EdgeOutput } from './edge-output.ts';

export class EdgeWriter implements OutputWriter {
  readonly #edges: readonly EdgeOutput[];
  #isDrained = true;
  blockedOn: number | null = null;

  constructor(edges: readonly EdgeOutput[]) {
    this.#edges = edges;
  }

  push(element: StreamElement): void {
    invariant(this.#isDrained, 'pushed before the last element was drained');
    this.#isDrained = false;
    for (const edge of this.#edges) {
      if (element.kind === 'objects' || element.kind === 'columns') edge.pushBatch(element);
      else edge.pushEvent(element);
    }
  }

  drain(): boolean {
    if (this.#isDrained) return true;
    this.blockedOn = null;
    for (const edge of this.#edges) {
      if (!edge.drain()) this.blockedOn ??= edge.edge;
    }
    this.#isDrained = this.blockedOn === null;
    return this.#isDrained;
  }

  flush(): void {
    for (const edge of this.#edges) edge.flush();
  }

  stats(): readonly EdgeStats[] {
    return this.#edges.map((edge) => edge.stats());
  }
}
