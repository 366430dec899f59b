/**
 * Looks up how much a customer may spend before it is worth an alert, in PostgreSQL. The database
 * is PGlite in a process of its own, shared by the threads of a TaskManager, which ends with it.
 */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sharedPglite } from '@weir/dev-services';
import { PostgresLookup } from '../look-up/postgres-lookup.ts';
import { USERS } from './traffic.ts';
import type { RatedTransaction, Transaction } from './transaction.ts';

interface Customer {
  readonly user_id: string;
  readonly tier: string;
  readonly spending_limit: number;
}

const UNKNOWN = { tier: 'unknown', spending_limit: 1000 };

export class CustomerLookup extends PostgresLookup<Transaction, Customer, RatedTransaction> {
  /** `latencyMs` is what the network to the database adds to an answer. */
  constructor(batch: number, latencyMs: number) {
    const table = {
      what: 'a customer',
      database: () => customersDatabase(latencyMs),
      query: (keys: string) =>
        `select user_id, tier, spending_limit from customers where user_id = any (${keys})`,
      keyOf: (customer: Customer) => customer.user_id,
    };
    super(table, batch);
  }

  async asyncInvoke(transaction: Transaction): Promise<RatedTransaction> {
    const { tier, spending_limit: limit } = (await this.find(transaction.userId)) ?? UNKNOWN;
    return { ...transaction, tier, limit };
  }
}

function customersDatabase(latencyMs: number) {
  const setup = `
    create table customers (user_id text primary key, tier text, spending_limit int);
    insert into customers
      select 'u' || n, case when n % 10 = 0 then 'gold' else 'basic' end,
             case when n % 10 = 0 then 20000 else 10000 end
      from generate_series(0, ${USERS - 1}) as n;
    analyze customers;`;
  const cacheFolder = join(tmpdir(), `weir-examples-${process.getuid?.() ?? 0}`);
  return sharedPglite('customers', { setup, cacheFolder, latencyMs });
}
