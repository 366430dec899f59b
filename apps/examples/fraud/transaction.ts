/** What comes from the topic `transactions`, and what goes to the topic `alerts`. */
import { type TypeInformation, types } from '@weir/datastream';

export interface Transaction {
  readonly id: string;
  readonly userId: string;
  readonly merchantId: string;
  readonly amount: number;
  /** Epoch ms. */
  readonly timestamp: number;
}

/** With what its customer may spend. */
export interface RatedTransaction extends Transaction {
  readonly tier: string;
  readonly limit: number;
}

export interface FraudAlert {
  readonly userId: string;
  readonly tier: string;
  readonly transactionId: string;
  readonly reason: 'amount' | 'merchants';
  readonly total: number;
  readonly merchants: number;
  readonly timestamp: number;
}

export const TRANSACTION = types.object({
  id: types.string(),
  userId: types.string(),
  merchantId: types.string(),
  amount: types.f64(),
  timestamp: types.f64(),
});

export const RATED_TRANSACTION = types.object({
  id: types.string(),
  userId: types.string(),
  merchantId: types.string(),
  amount: types.f64(),
  timestamp: types.f64(),
  tier: types.string(),
  limit: types.f64(),
});

export const FRAUD_ALERT: TypeInformation<FraudAlert> = types.object({
  userId: types.string(),
  tier: types.string(),
  transactionId: types.string(),
  reason: types.string() as TypeInformation<FraudAlert['reason']>,
  total: types.f64(),
  merchants: types.i32(),
  timestamp: types.f64(),
});

/** @throws TypeError for a value that is no transaction. */
export function checkTransaction(value: unknown): Transaction {
  const { id, userId, merchantId, amount, timestamp } = (value ?? {}) as Partial<Transaction>;
  const areTexts = [id, userId, merchantId].every((text) => typeof text === 'string');
  if (areTexts && Number.isFinite(amount) && Number.isFinite(timestamp))
    return value as Transaction;
  throw new TypeError('a transaction has id, userId, merchantId, amount and timestamp');
}
