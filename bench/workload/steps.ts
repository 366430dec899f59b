/** The user's functions, one text for the engine and for the baselines. */
import type { Order } from './orders.ts';

export interface Priced {
  readonly id: number;
  readonly user: string;
  readonly euros: number;
  readonly shop: string;
}

export const toEuros = (order: Order): Priced => ({
  id: order.id,
  user: order.user,
  euros: order.cents / 100,
  shop: order.shop,
});

/** Half of all. */
export const isEven = (priced: Priced): boolean => (priced.id & 1) === 0;

export const withTax = (priced: Priced): Priced => ({
  id: priced.id,
  user: priced.user,
  euros: priced.euros * 1.19,
  shop: priced.shop,
});

export const userOf = (record: { readonly user: string }): string => record.user;

export const addOrders = (left: Order, right: Order): Order => ({
  id: right.id,
  user: right.user,
  cents: left.cents + right.cents,
  timeMs: right.timeMs,
  shop: right.shop,
});
