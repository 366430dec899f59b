import { beforeEach, describe, expect, it } from 'vitest';
import type { KafkaClient } from '../client/kafka-client.ts';
import { KafkaFailure } from '../client/kafka-failure.ts';
import type { Api } from '../protocol/api.ts';
import type { ProduceRequest } from '../protocol/produce-api.ts';
import { AT } from '../records/batch-header.ts';
import { PartitionQueue, type QueueOwner } from './partition-queue.ts';
import { DeliveryGuarantee, sinkSettings } from './sink-settings.ts';

const NOT_LEADER = 6;
const OUT_OF_ORDER = 45;

/** A leader as a real one is: it takes any sequence from a producer that it does not know. */
class Leader {
  /** Sequence numbers of the batches that were taken. */
  readonly taken: number[] = [];
  /** What the next requests are answered instead; `lost` = taken, and the answer never arrives. */
  readonly trouble: Array<'not leader' | 'gone' | 'lost'> = [];
  inFlight = 0;
  inFlightMost = 0;
  #next: number | null = null;

  async produce({ batch }: ProduceRequest): Promise<number> {
    const sequence = Buffer.from(batch).readInt32BE(AT.baseSequence);
    const count = Buffer.from(batch).readInt32BE(AT.count);
    const trouble = this.trouble.shift();
    this.inFlight++;
    this.inFlightMost = Math.max(this.inFlightMost, this.inFlight);
    await new Promise((resolve) => setTimeout(resolve, 2));
    this.inFlight--;
    if (trouble === 'not leader') return NOT_LEADER;
    if (trouble === 'gone') throw new KafkaFailure('connection', 'closed', null);
    if (this.taken.includes(sequence)) return 0;
    if (this.#next !== null && this.#next !== sequence) return OUT_OF_ORDER;
    this.taken.push(sequence);
    this.#next = sequence + count;
    if (trouble === 'lost') throw new KafkaFailure('connection', 'closed', null);
    return 0;
  }
}

describe('partition queue', () => {
  let leader: Leader;
  let queue: PartitionQueue;
  let bytes: number;
  let failures: unknown[];

  beforeEach(() => {
    leader = new Leader();
    bytes = 0;
    failures = [];
    const client = {
      knownLeader: () => 1,
      forgetLeader() {},
      report() {},
      refresh: async () => {},
      async sendToLeader(_id: number, _places: unknown, _api: Api<never, never>, request: unknown) {
        return [{ errorCode: await leader.produce(request as ProduceRequest), baseOffset: 0 }];
      },
      async retry<T>(call: () => Promise<T>): Promise<T> {
        for (;;) {
          try {
            return await call();
          } catch (error) {
            if (!(error as KafkaFailure).passing) throw error;
          }
        }
      },
    } as unknown as KafkaClient;
    const owner: QueueOwner = {
      client,
      settings: sinkSettings(
        { 'bootstrap.servers': 'a:1' },
        DeliveryGuarantee.EXACTLY_ONCE,
        () => {},
      ),
      transactionalId: 'p-0-0',
      identity: { producerId: 7n, epoch: 0 },
      added: async () => {},
      bytesChanged(difference) {
        bytes += difference;
      },
      sent() {},
      failed(error) {
        failures.push(error);
        queue.die();
      },
    };
    queue = new PartitionQueue('t', 0, owner);
  });

  async function write(batches: number): Promise<void> {
    for (let i = 0; i < batches; i++) {
      queue.append(1, null, `record ${i}`, []);
      queue.push();
    }
    await queue.drained();
  }

  const inOrder = (batches: number) => Array.from({ length: batches }, (_, i) => i);

  it('sends several at once, in order, and counts its bytes back to nothing', async () => {
    await write(20);
    expect(leader.taken).toEqual(inOrder(20));
    expect(leader.inFlightMost).toBe(5);
    expect(bytes).toBe(0);
  });

  it('sends a producer’s first batch alone: no other can be taken in its place', async () => {
    leader.trouble.push('not leader');
    await write(10);
    expect(failures).toEqual([]);
    expect(leader.taken).toEqual(inOrder(10));
  });

  it.each(['gone', 'lost', 'not leader'] as const)(
    'sends everything unanswered again, in order, after: %s',
    async (trouble) => {
      await write(1);
      leader.trouble.push(trouble);
      await write(12);
      leader.trouble.push(trouble, trouble, 'lost');
      await write(12);
      expect(failures).toEqual([]);
      expect(leader.taken).toEqual(inOrder(25));
      expect(bytes).toBe(0);
    },
  );

  it('hands on what does not pass, and lets go whoever waits', async () => {
    await write(1);
    // As if another producer of this identity had written.
    leader.taken.length = 0;
    queue.begin();
    await write(3);
    expect(failures).toMatchObject([{ errorCode: OUT_OF_ORDER }]);
  });
});
