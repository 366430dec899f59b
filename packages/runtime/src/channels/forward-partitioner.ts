/** FORWARD: everything to the only channel. */
import { type Batch, rowCount } from '@weir/core';
import { liveRows, type Partitioner, type Scatter } from './partitioner.ts';

export class ForwardPartitioner implements Partitioner {
  partition(batch: Batch, scatter: Scatter): void {
    scatter.order = liveRows(batch);
    scatter.starts[0] = 0;
    scatter.ends[0] = rowCount(batch);
  }
}
