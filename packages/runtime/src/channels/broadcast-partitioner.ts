/** BROADCAST: everything to every channel. */
import { type Batch, rowCount } from '@weir/core';
import { liveRows, type Partitioner, type Scatter } from './partitioner.ts';

export class BroadcastPartitioner implements Partitioner {
  partition(batch: Batch, scatter: Scatter): void {
    scatter.order = liveRows(batch);
    scatter.starts.fill(0);
    scatter.ends.fill(rowCount(batch));
  }
}
