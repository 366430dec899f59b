/**
 * Watches what each user spends in one go: a spree ends when nothing is heard of the user for half
 * an hour. A spree beyond the customer's limit, or through too many merchants, raises one alert for each.
 *
 * All of it is keyed state, and state of users who went away ends by itself (time to live).
 */
import {
  type Collector,
  Duration,
  type MapState,
  MapStateDescriptor,
  RichFlatMapFunction,
  stateTtl,
  types,
  type ValueState,
  ValueStateDescriptor,
} from '@weir/datastream';
import type { FraudAlert, RatedTransaction } from './transaction.ts';

const MERCHANTS_MAX = 5;
const SPREE_GAP = Duration.ofMinutes(30);
const FORGOTTEN_AFTER = Duration.ofHours(24);

export class FraudDetector extends RichFlatMapFunction<RatedTransaction, FraudAlert> {
  #total!: ValueState<number>;
  #lastMs!: ValueState<number>;
  #merchants!: MapState<string, number>;

  override open(): void {
    const context = this.getRuntimeContext();
    const ttl = stateTtl(FORGOTTEN_AFTER, { updateType: 'OnReadAndWrite' });
    this.#total = context.getState(
      new ValueStateDescriptor('running-total', types.f64(), 0).enableTimeToLive(ttl),
    );
    this.#lastMs = context.getState(
      new ValueStateDescriptor('last-transaction', types.f64()).enableTimeToLive(ttl),
    );
    this.#merchants = context.getMapState(
      new MapStateDescriptor('merchants', types.string(), types.i32()).enableTimeToLive(ttl),
    );
  }

  flatMap(transaction: RatedTransaction, out: Collector<FraudAlert>): void {
    const { id, userId, merchantId, amount, timestamp, tier, limit } = transaction;
    this.#endOldSpree(timestamp);
    const before = this.#total.value() ?? 0;
    const total = before + amount;
    this.#total.update(total);
    const seen = this.#merchants.get(merchantId);
    this.#merchants.put(merchantId, (seen ?? 0) + 1);
    const merchants = [...this.#merchants.keys()].length;
    const alert = { userId, tier, transactionId: id, total, merchants, timestamp };
    if (before <= limit && total > limit) out.collect({ ...alert, reason: 'amount' });
    if (seen === null && merchants === MERCHANTS_MAX + 1) {
      out.collect({ ...alert, reason: 'merchants' });
    }
  }

  /** Transactions of several merchants may come out of order; an older one ends nothing. */
  #endOldSpree(timestamp: number): void {
    const lastMs = this.#lastMs.value();
    if (lastMs !== null && timestamp - lastMs > SPREE_GAP.ms) {
      this.#total.clear();
      this.#merchants.clear();
    }
    this.#lastMs.update(Math.max(lastMs ?? timestamp, timestamp));
  }
}
