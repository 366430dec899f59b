/** What the Kafka benchmarks write and read: orders as they are, or as JSON. */
import { orderAt, userNames } from './orders.ts';

export const PARTITIONS = 4;

/** The topic of a writer, in a round. */
export function topicOf(writer: string, round: string): string {
  return `${writer}-${round}`;
}

const RECORDS = 1000;

/** Values of about 80 bytes, made beforehand. */
export function rawValues(): readonly Buffer[] {
  const users = userNames(RECORDS);
  return users.map((_, id) => Buffer.from(JSON.stringify(orderAt(id, users, 1000))));
}
