/**
 * Where an operator's output (main or one side output) goes: children in the same chain, and
 * writers to other tasks. Elements wait here while a writer has no room, in order; the operator is
 * not entered again until they have left, so little ever waits.
 */
import { type Batch, rowCount } from '@weir/core';
import type { OutputWriter } from '../channels/contracts.ts';
import type { StreamElement } from '../operators/output-buffer.ts';

/** First in, first out; memory is reused once it ran empty. */
export class ElementQueue {
  #elements: StreamElement[] = [];
  #head = 0;

  get isEmpty(): boolean {
    return this.#head === this.#elements.length;
  }

  push(element: StreamElement): void {
    this.#elements.push(element);
  }

  peek(): StreamElement {
    return this.#elements[this.#head]!;
  }

  shift(): void {
    this.#head++;
    if (this.#head < this.#elements.length) return;
    this.#elements = [];
    this.#head = 0;
  }
}

export class WriterPort {
  readonly writer: OutputWriter;
  readonly #queue = new ElementQueue();
  /** Rows handed to the network. */
  records = 0;
  /** Something was pushed since the last flush. */
  dirty = false;

  constructor(writer: OutputWriter) {
    this.writer = writer;
  }

  offer(element: StreamElement): void {
    if (element.kind === 'objects' || element.kind === 'columns') this.records += rowCount(element);
    this.#queue.push(element);
  }

  /** Moves on what waits; true = nothing is left. */
  drain(): boolean {
    const { writer } = this;
    for (;;) {
      if (!writer.drain()) return false;
      if (this.#queue.isEmpty) return true;
      writer.push(this.#queue.peek());
      this.#queue.shift();
      this.dirty = true;
    }
  }

  flush(): void {
    this.writer.flush();
    this.dirty = false;
  }
}

/** A child of the chain, as its parent sees it. */
export interface ChainInput {
  readonly queue: ElementQueue;
}

export class OutputPort {
  readonly children: readonly ChainInput[];
  readonly writers: readonly WriterPort[];

  constructor(children: readonly ChainInput[], writers: readonly WriterPort[]) {
    this.children = children;
    this.writers = writers;
  }

  offer(element: StreamElement | Batch): void {
    for (const child of this.children) child.queue.push(element);
    for (const writer of this.writers) writer.offer(element);
  }
}
