/** Transactions of a thousand users: most spend little, now and then one goes on a spree. */
import { isSilent, recordsInStep, type Traffic, type TrafficRecord } from '../traffic/traffic.ts';
import type { Transaction } from './transaction.ts';

const PER_SECOND = 150;
const PARTITIONS = 4;
export const USERS = 1000;
const MERCHANTS = 200;
/** Of all transactions. */
const SPREE_SHARE = 0.004;
const SPREE_LENGTH = 8;
const LATE_SHARE = 0.02;
const LATE_MS_MAX = 120_000;

export const TRANSACTIONS_TOPIC = 'transactions';
export const ALERTS_TOPIC = 'alerts';

export function fraudTraffic(): Traffic {
  let serial = 0;
  const one = (nowMs: number, random: () => number, userId: string, amount: number) => {
    const lateMs = random() < LATE_SHARE ? Math.floor(random() * LATE_MS_MAX) : 0;
    const transaction: Transaction = {
      id: `t${nowMs.toString(36)}-${serial++}`,
      userId,
      merchantId: `m${Math.floor(random() * MERCHANTS)}`,
      amount,
      timestamp: nowMs - lateMs,
    };
    return recordOf(transaction, nowMs);
  };
  return {
    topics: [
      { name: TRANSACTIONS_TOPIC, partitions: PARTITIONS },
      { name: ALERTS_TOPIC, partitions: 1 },
    ],
    step(nowMs, random) {
      const records: TrafficRecord[] = [];
      for (let i = recordsInStep(PER_SECOND, nowMs, random); i > 0; i--) {
        const userId = `u${Math.floor(random() * USERS)}`;
        const spree = random() < SPREE_SHARE ? SPREE_LENGTH : 1;
        const most = spree > 1 ? 4000 : 60;
        for (let n = 0; n < spree; n++) {
          records.push(one(nowMs, random, userId, 1 + Math.floor(random() * most)));
        }
      }
      return records.filter(({ partition }) => !isSilent(partition ?? 0, PARTITIONS, nowMs));
    },
  };
}

function recordOf(transaction: Transaction, nowMs: number): TrafficRecord {
  const { userId, timestamp } = transaction;
  return {
    topic: TRANSACTIONS_TOPIC,
    partition: Number(userId.slice(1)) % PARTITIONS,
    key: userId,
    value: JSON.stringify(transaction),
    timestampMs: Math.min(timestamp, nowMs),
  };
}
