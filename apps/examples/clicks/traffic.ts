/** Clicks on forty pages: some are late by seconds, a few by so much that their window is gone. */
import { isSilent, recordsInStep, type Traffic, type TrafficRecord } from '../traffic/traffic.ts';
import type { Click } from './click.ts';

const PER_SECOND = 250;
const PARTITIONS = 4;
const USERS = 3000;
const PAGES = 40;
const COUNTRIES = ['AT', 'BR', 'CN', 'DE', 'FR', 'IN', 'JP', 'KE', 'US'] as const;
const LATE_SHARE = 0.1;
const LATE_MS_MAX = 10_000;
const FAR_TOO_LATE_SHARE = 0.005;
const FAR_TOO_LATE_MS = 180_000;

export const CLICKS_TOPIC = 'clicks';
export const COUNTS_TOPIC = 'click-counts';
export const LATE_TOPIC = 'late-clicks';
export const REFUSED_TOPIC = 'refused-clicks';

/** One in so many is no click at all. */
const BROKEN_SHARE = 0.0005;

export function clickTraffic(): Traffic {
  return {
    topics: [
      { name: CLICKS_TOPIC, partitions: PARTITIONS },
      { name: COUNTS_TOPIC, partitions: 2 },
      { name: LATE_TOPIC, partitions: 1 },
      { name: REFUSED_TOPIC, partitions: 1 },
    ],
    step(nowMs, random) {
      const records: TrafficRecord[] = [];
      for (let i = recordsInStep(PER_SECOND, nowMs, random); i > 0; i--) {
        const partition = Math.floor(random() * PARTITIONS);
        if (isSilent(partition, PARTITIONS, nowMs)) continue;
        records.push(recordOf(clickAt(nowMs, random), partition, random));
      }
      return records;
    },
  };
}

function clickAt(nowMs: number, random: () => number): Click {
  const luck = random();
  const lateMs =
    luck < FAR_TOO_LATE_SHARE ? FAR_TOO_LATE_MS : luck < LATE_SHARE ? random() * LATE_MS_MAX : 0;
  return {
    userId: `u${Math.floor(random() * USERS)}`,
    // Squared, so that a few pages get most of the clicks.
    page: `/p/${Math.floor(random() ** 2 * PAGES)}`,
    country: COUNTRIES[Math.floor(random() * COUNTRIES.length)]!,
    timestamp: Math.floor(nowMs - lateMs),
  };
}

function recordOf(click: Click, partition: number, random: () => number): TrafficRecord {
  const { userId, timestamp } = click;
  const value = random() < BROKEN_SHARE ? '{"userId":' : JSON.stringify(click);
  return { topic: CLICKS_TOPIC, partition, key: userId, value, timestampMs: timestamp };
}
