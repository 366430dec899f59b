/**
 * The port between Weir's own protocol code and whatever carries it: connections, TLS, SASL and
 * the list of brokers. Implemented over kafkajs (`kafkajs-transport.ts`).
 */
import type { Api } from '../protocol/api.ts';

export interface KafkaTransport {
  /** Connects to one of the bootstrap servers. @throws KafkaFailure. */
  connect(): Promise<void>;
  /** Sends to a broker by its id, `null` = to any. @throws KafkaFailure. */
  send<Request, Response>(
    nodeId: number | null,
    api: Api<Request, Response>,
    request: Request,
    timeoutMs?: number,
  ): Promise<Response>;
  /** Asks which brokers there are, after one of them was not found. */
  refreshBrokers(): Promise<void>;
  brokerIds(): readonly number[];
  close(): Promise<void>;
}
