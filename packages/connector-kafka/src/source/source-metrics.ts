/** The metrics of a Kafka source under Flink's names. */
import type { Counter, MetricGroup } from '@weir/core';
import type { ThrottleTimes } from '../client/throttle-times.ts';
import type { PartitionBuffer } from './partition-buffer.ts';

export interface SourceMetrics {
  readonly commitsSucceeded: Counter;
  readonly commitsFailed: Counter;
  readonly bytesIn: Counter;
  addPartition(buffer: PartitionBuffer): void;
}

export function sourceMetrics(
  operator: MetricGroup,
  buffers: readonly PartitionBuffer[],
  throttle: ThrottleTimes,
): SourceMetrics {
  const group = operator.addGroup('KafkaSourceReader');
  const consumer = group.addGroup('KafkaConsumer');
  throttle.register(consumer, 'Fetch');
  consumer.gauge('records-lag-max', () => {
    let most = Number.NaN;
    for (const { pendingRecords } of buffers) {
      if (pendingRecords !== null && !(pendingRecords <= most)) most = pendingRecords;
    }
    return most;
  });
  return {
    commitsSucceeded: group.counter('commitsSucceeded'),
    commitsFailed: group.counter('commitsFailed'),
    bytesIn: consumer.counter('bytes-consumed-total'),
    addPartition(buffer) {
      const { topic, partition } = buffer;
      const own = group.addGroup('topic').addGroup(topic).addGroup('partition');
      const named = own.addGroup(String(partition));
      named.gauge('currentOffset', () => buffer.position - 1);
      named.gauge('committedOffset', () => buffer.committedOffset);
    },
  };
}
