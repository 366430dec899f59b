import { boundOperator, OperatorHarness, VirtualTime } from '@weir/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { FraudDetector } from './fraud-detector.ts';
import type { FraudAlert, RatedTransaction } from './transaction.ts';

const HOUR = 3_600_000;
const detector = boundOperator('detector', (env) => {
  env
    .fromCollection<RatedTransaction>([])
    .keyBy((transaction) => transaction.userId)
    .flatMap(new FraudDetector())
    .uid('detector')
    .print();
});

let time: VirtualTime;
let harness: OperatorHarness;
beforeEach(async () => {
  time = new VirtualTime(0);
  harness = await OperatorHarness.open(detector, { time });
});

let serial = 0;
function spend(amount: number, timestamp: number, merchantId = 'm1', userId = 'ada') {
  const rated = { tier: 'basic', limit: 10_000 };
  return harness.process({ id: `t${serial++}`, userId, merchantId, amount, timestamp, ...rated });
}

const reasons = () => (harness.values as FraudAlert[]).map(({ reason }) => reason);

describe('a spree', () => {
  it('that gets dear raises one alert, at the transaction that makes it so', async () => {
    await spend(6000, 0);
    await spend(4000, 1000);
    expect(reasons()).toEqual([]);
    await spend(1, 2000);
    await spend(5000, 3000);
    expect(harness.values).toMatchObject([{ userId: 'ada', reason: 'amount', total: 10_001 }]);
  });

  it('through many merchants raises one alert', async () => {
    for (let n = 0; n < 9; n++) await spend(1, n * 1000, `m${n % 7}`);
    expect(harness.values).toMatchObject([{ reason: 'merchants', merchants: 6 }]);
  });

  it('ends after half an hour of silence, and a late transaction ends none', async () => {
    await spend(9000, HOUR);
    await spend(900, HOUR - 40 * 60_000);
    await spend(900, HOUR + 60_000);
    expect(reasons()).toEqual(['amount']);
    await spend(9000, 2 * HOUR);
    expect(reasons()).toEqual(['amount']);
  });

  it('of one user is none of another', async () => {
    await spend(9000, 0, 'm1', 'ada');
    await spend(9000, 0, 'm1', 'bob');
    expect(reasons()).toEqual([]);
  });

  it('is forgotten a day after the last transaction was processed, whatever its time', async () => {
    await spend(9000, 0);
    await time.advance(23 * HOUR);
    await spend(1, 1);
    await time.advance(23 * HOUR);
    await spend(998, 2);
    expect(reasons()).toEqual([]);
    await time.advance(25 * HOUR);
    await spend(9000, 3);
    expect(reasons()).toEqual([]);
  });
});
