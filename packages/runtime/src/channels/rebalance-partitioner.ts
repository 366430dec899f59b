/**
 * REBALANCE: the same number of rows to every channel, in turn. A batch is cut into consecutive
 * pieces instead of dealing single rows: the counts are those of Flink's round robin.
 */
import { type Batch, rowCount } from '@weir/core';
import { liveRows, type Partitioner, type Scatter } from './partitioner.ts';

export class RebalancePartitioner implements Partitioner {
  #next: number;

  /** @param subtask senders begin at different channels, so that few rows still spread */
  constructor(subtask: number) {
    this.#next = subtask;
  }

  partition(batch: Batch, scatter: Scatter): void {
    const { channels, starts, ends } = scatter;
    const rows = rowCount(batch);
    const each = Math.floor(rows / channels);
    const more = rows % channels;
    const first = this.#next % channels;
    scatter.order = liveRows(batch);
    let at = 0;
    for (let i = 0; i < channels; i++) {
      const channel = (first + i) % channels;
      starts[channel] = at;
      at += i < more ? each + 1 : each;
      ends[channel] = at;
    }
    this.#next = (first + more) % channels;
  }
}
