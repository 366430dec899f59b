/**
 * The calls that sources and sinks make, each to the broker that can answer it, tried again while
 * leaders and coordinators move.
 *
 * Invariant: a call ends, with an answer or with a KafkaFailure: passing failures are retried until
 * the call's deadline, others are thrown at once.
 */
import type { ClockPort, TimerPort } from '@weir/core';
import type { Api } from '../protocol/api.ts';
import { CONCURRENT_TRANSACTIONS, UNKNOWN_TOPIC_OR_PARTITION } from '../protocol/error-codes.ts';
import {
  type CommittedOffset,
  OFFSET_COMMIT,
  OFFSET_FETCH,
  type OffsetFetchRequest,
} from '../protocol/group-apis.ts';
import {
  type CoordinatorRequest,
  FIND_COORDINATOR,
  type FoundOffset,
  LIST_OFFSETS,
  METADATA,
  type OffsetQuery,
  type TopicMetadata,
} from '../protocol/metadata-apis.ts';
import { check, KafkaFailure, refusal } from './kafka-failure.ts';
import type { KafkaTransport } from './kafka-transport.ts';
import { BackOff, pause } from './pause.ts';
import type { ThrottleTimes } from './throttle-times.ts';

export interface KafkaClientOptions {
  readonly transport: KafkaTransport;
  readonly clock: ClockPort;
  readonly timers: TimerPort;
  readonly retryFirstMs: number;
  readonly retryMaxMs: number;
  /** How long a call is tried again; ms. */
  readonly deadlineMs: number;
  /** What the transport has heard of quotas. */
  readonly throttle: ThrottleTimes;
  /** Called when something has to be tried again, and with null once nothing has to any more. */
  readonly onTrouble?: (failure: KafkaFailure | null) => void;
}

/** Markers of the previous transaction are still being written; that takes some ms. */
const CONCURRENT_PAUSE_MS = 20;

export class KafkaClient {
  readonly transport: KafkaTransport;
  readonly throttle: ThrottleTimes;
  readonly #options: KafkaClientOptions;
  readonly #leaders = new Map<string, number>();
  readonly #coordinators = new Map<string, number>();
  #connected = false;
  /** What is being tried again, by whom: a call, a partition that is fetched or written. */
  readonly #troubles = new Set<unknown>();
  #closed = false;

  constructor(options: KafkaClientOptions) {
    this.transport = options.transport;
    this.throttle = options.throttle;
    this.#options = options;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.transport.close();
  }

  /** Null = all topics. A topic that doesn't exist has its error code, and no partitions. */
  metadata(topics: readonly string[] | null): Promise<readonly TopicMetadata[]> {
    return this.retry(async () => {
      const found = await this.send(null, METADATA, topics);
      for (const { topic, partitions } of found) {
        for (const { partition, leader } of partitions) {
          this.#leaders.set(`${topic}-${partition}`, leader);
        }
      }
      return found;
    });
  }

  /** The leader as it was last heard of; null = look it up (`metadata`). */
  knownLeader(topic: string, partition: number): number | null {
    const leader = this.#leaders.get(`${topic}-${partition}`) ?? -1;
    return leader < 0 ? null : leader;
  }

  /** @throws KafkaFailure while the partition has no leader. */
  async leader(topic: string, partition: number): Promise<number> {
    const known = this.knownLeader(topic, partition);
    if (known !== null) return known;
    await this.metadata([topic]);
    const leader = this.knownLeader(topic, partition);
    if (leader === null) throw refusal(`the leader of ${topic}-${partition}`, 5);
    return leader;
  }

  forgetLeader(topic: string, partition: number): void {
    this.#leaders.delete(`${topic}-${partition}`);
  }

  listOffsets(queries: readonly OffsetQuery[], readCommitted: boolean): Promise<FoundOffset[]> {
    return this.retry(async () => {
      const byLeader = new Map<number, OffsetQuery[]>();
      for (const query of queries) {
        const leader = await this.leader(query.topic, query.partition);
        const list = byLeader.get(leader);
        if (list === undefined) byLeader.set(leader, [query]);
        else list.push(query);
      }
      const answers = [...byLeader].map(async ([leader, list]) => {
        const request = { readCommitted, queries: list };
        const found = await this.sendToLeader(leader, list, LIST_OFFSETS, request);
        for (const { topic, partition, errorCode } of found) {
          if (errorCode !== 0) this.forgetLeader(topic, partition);
          check(`ListOffsets of ${topic}-${partition}`, errorCode);
        }
        return found;
      });
      return (await Promise.all(answers)).flat();
    });
  }

  /** To the leader of some partitions; forgets that it is when it can't be reached. */
  async sendToLeader<Request, Response>(
    leader: number,
    partitions: ReadonlyArray<{ readonly topic: string; readonly partition: number }>,
    api: Api<Request, Response>,
    request: Request,
    timeoutMs?: number,
  ): Promise<Response> {
    try {
      return await this.send(leader, api, request, timeoutMs);
    } catch (error) {
      for (const { topic, partition } of partitions) this.forgetLeader(topic, partition);
      throw error;
    }
  }

  /** Calls `use` with the coordinator's id, and looks for it anew whenever that fails. */
  withCoordinator<T>(
    kind: CoordinatorRequest['kind'],
    id: string,
    use: (nodeId: number) => Promise<T>,
  ): Promise<T> {
    const key = `${kind}:${id}`;
    return this.retry(async () => {
      let nodeId = this.#coordinators.get(key);
      if (nodeId === undefined) {
        const found = await this.send(null, FIND_COORDINATOR, { kind, id });
        check(`FindCoordinator of ${id}`, found.errorCode);
        nodeId = found.nodeId;
        this.#coordinators.set(key, nodeId);
      }
      try {
        return await use(nodeId);
      } catch (error) {
        if (!isConcurrent(error)) this.#coordinators.delete(key);
        throw error;
      }
    });
  }

  async committedOffsets(request: OffsetFetchRequest): Promise<readonly CommittedOffset[]> {
    const { groupId } = request;
    const { offsets } = await this.withCoordinator('group', groupId, async (nodeId) => {
      const answer = await this.send(nodeId, OFFSET_FETCH, request);
      check(`OffsetFetch of group ${groupId}`, answer.errorCode);
      for (const { errorCode } of answer.offsets) {
        check(`OffsetFetch of group ${groupId}`, errorCode);
      }
      return answer;
    });
    return offsets;
  }

  async commitOffsets(groupId: string, offsets: readonly CommittedOffset[]): Promise<void> {
    await this.withCoordinator('group', groupId, async (nodeId) => {
      const outcomes = await this.send(nodeId, OFFSET_COMMIT, { groupId, offsets });
      for (const { topic, partition, errorCode } of outcomes) {
        check(`OffsetCommit of ${topic}-${partition} for group ${groupId}`, errorCode);
      }
    });
  }

  /** One request; connects first where that was not done. Does not retry. */
  async send<Request, Response>(
    nodeId: number | null,
    api: Api<Request, Response>,
    request: Request,
    timeoutMs?: number,
  ): Promise<Response> {
    if (!this.#connected) {
      await this.transport.connect();
      this.#connected = true;
    }
    return this.transport.send(nodeId, api, request, timeoutMs);
  }

  /** Tries again while failures pass, up to the deadline. @throws the last KafkaFailure. */
  async retry<T>(call: () => Promise<T>): Promise<T> {
    const { clock, timers, retryFirstMs, retryMaxMs, deadlineMs } = this.#options;
    const backOff = new BackOff(retryFirstMs, retryMaxMs);
    const endMs = clock.monotonicMs() + deadlineMs;
    for (;;) {
      try {
        const answer = await call();
        this.report(call, null);
        return answer;
      } catch (error) {
        const again = error instanceof KafkaFailure && error.passing && !this.#closed;
        if (!again || clock.monotonicMs() >= endMs) {
          this.#troubles.delete(call);
          throw error;
        }
        if (isConcurrent(error)) {
          await pause(timers, CONCURRENT_PAUSE_MS);
          continue;
        }
        this.report(call, error);
        await pause(timers, backOff.takeMs());
        await this.refresh();
      }
    }
  }

  /**
   * Tells the operator of trouble that `who` has, and of its end when nobody has any. A success of
   * one says nothing of another: metadata can be had of a partition that nobody leads.
   */
  report(who: unknown, failure: KafkaFailure | null): void {
    if (failure !== null) {
      this.#troubles.add(who);
      this.#options.onTrouble?.(failure);
    } else if (this.#troubles.delete(who) && this.#troubles.size === 0) {
      this.#options.onTrouble?.(null);
    }
  }

  /** Looks for brokers anew; a failure shows when the next request is sent. */
  async refresh(): Promise<void> {
    if (!this.#connected) return;
    await this.transport.refreshBrokers().catch(() => {});
  }
}

/** True for a topic that is not there (yet, or no longer). */
export function isMissing(errorCode: number): boolean {
  return errorCode === UNKNOWN_TOPIC_OR_PARTITION;
}

function isConcurrent(error: unknown): boolean {
  return error instanceof KafkaFailure && error.errorCode === CONCURRENT_TRANSACTIONS;
}
