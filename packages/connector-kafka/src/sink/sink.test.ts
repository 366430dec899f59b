import { describe, expect, it, vi } from 'vitest';
import { RunningSink } from '../fakes/running-sink.ts';
import { DeliveryGuarantee, KafkaRecordSerializationSchema, KafkaSink } from '../index.ts';
import { partitionOfKey } from './partitioner.ts';
import { TransactionRing } from './transaction-ring.ts';

describe('partitioner', () => {
  // From the tests of Kafka's own clients.
  it.each([
    ['21', -973932308],
    ['foobar', -790332482],
    ['a-little-bit-long-string', -985981536],
    ['a-little-bit-longer-string', -1486304829],
    ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
    ['abc', 479470107],
  ])('puts %s where Kafka’s own producers put it', (key, murmur2) => {
    expect(partitionOfKey(key, 2 ** 31)).toBe(murmur2 & 0x7f_ff_ff_ff);
  });
});

describe('transaction ring', () => {
  it('uses a slot again once no checkpoint that can be restored has its transaction', () => {
    const ring = new TransactionRing('p', 3);
    expect(ring.take()).toBe('p-3-0');
    expect(ring.take()).toBe('p-3-1');
    ring.takingCheckpoint(1);
    ring.prepared('p-3-0');
    ring.checkpointComplete(1);
    ring.committed('p-3-0');
    // Checkpoint 1 has it, and is the one to restore from.
    expect(ring.take()).toBe('p-3-2');
    ring.takingCheckpoint(2);
    expect(ring.take()).toBe('p-3-3');
    ring.checkpointComplete(2);
    expect(ring.take()).toBe('p-3-0');
  });

  it('holds a slot while a checkpoint that was taken before its commit may be restored', () => {
    const ring = new TransactionRing('p', 0);
    ring.take();
    ring.takingCheckpoint(1);
    ring.prepared('p-0-0');
    // Checkpoint 2 begins before 1 was committed, and therefore still names the transaction.
    ring.takingCheckpoint(2);
    ring.checkpointComplete(1);
    ring.committed('p-0-0');
    ring.checkpointComplete(2);
    expect(ring.take()).toBe('p-0-1');
    ring.takingCheckpoint(3);
    ring.checkpointComplete(3);
    expect(ring.take()).toBe('p-0-0');
  });

  it('knows its own ids, and those of other subtasks, from anybody else’s', () => {
    const ring = new TransactionRing('a-1', 2);
    expect(ring.subtaskOf('a-1-7-0')).toBe(7);
    expect(ring.subtaskOf('a-1-7')).toBeNull();
    expect(ring.subtaskOf('a-1-x-0')).toBeNull();
    expect(ring.subtaskOf('b-1-7-0')).toBeNull();
    ring.committed('a-1-7-0');
    expect(ring.take()).toBe('a-1-2-0');
  });
});

describe('Kafka sink', () => {
  const serializer = KafkaRecordSerializationSchema.builder<string>()
    .setTopic('t')
    .setValueSerializationSchema({ serialize: (text) => text })
    .build();
  const builder = () =>
    KafkaSink.builder<string>().setBootstrapServers('a:1').setRecordSerializer(serializer);
  const exactlyOnce = () =>
    builder().setDeliveryGuarantee(DeliveryGuarantee.EXACTLY_ONCE).setTransactionalIdPrefix('p');

  it('says what is missing or does not fit', () => {
    const unprefixed = builder().setDeliveryGuarantee(DeliveryGuarantee.EXACTLY_ONCE);
    expect(() => unprefixed.build()).toThrow(/needs setTransactionalIdPrefix/);
    expect(() => exactlyOnce().setProperty('acks', '1').build()).toThrow(/use all/);
    expect(() => builder().setProperty('acks', '0').build()).toThrow(/acks is all or 1/);
    expect(() => KafkaSink.builder().setBootstrapServers('a:1').build()).toThrow(
      /needs setRecordSerializer/,
    );
    expect(() => KafkaRecordSerializationSchema.builder().build()).toThrow(/needs setTopic/);
  });

  it('says that nobody answers, and may start again', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    const sink = builder()
      .setBootstrapServers('127.0.0.1:1')
      .setProperty('delivery.timeout.ms', '300')
      .build();
    await expect(RunningSink.start(sink)).rejects.toMatchObject({
      code: 'SINK_FAILED',
      retryable: true,
      message: expect.stringMatching(
        /^no answer from 127.0.0.1:1 within delivery.timeout.ms \(300\): .*ECONNREFUSED/,
      ),
    });
    warn.mockRestore();
  });

  it('has a second phase only for exactly-once', () => {
    expect(builder().build().createCommitter).toBeUndefined();
    expect(builder().build().committableType).toBeNull();
    expect(exactlyOnce().build().createCommitter).toBeDefined();
  });
});
