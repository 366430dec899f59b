/**
 * Looks rows up in PostgreSQL by a key. Every record is a request; nothing is remembered. One query
 * is under way per subtask; up to `batch` of the requests that wait share the next one.
 */
import { WeirError } from '@weir/core';
import { RichAsyncFunction } from '@weir/datastream';
import type { PgliteAddress } from '@weir/dev-services';
import pg from 'pg';

interface Request<Row> {
  readonly key: string;
  readonly resolve: (row: Row | null) => void;
  readonly reject: (error: unknown) => void;
}

export interface PostgresTable<Row> {
  /** What is looked up, for messages: `an airport`. */
  readonly what: string;
  /** Connected to when the function opens. */
  database(): Promise<PgliteAddress>;
  /** Selects the rows of all keys; `keys` is an array literal of SQL. */
  query(keys: string): string;
  keyOf(row: Row): string;
}

export abstract class PostgresLookup<T, Row extends object, R> extends RichAsyncFunction<T, R> {
  readonly #table: PostgresTable<Row>;
  readonly #batch: number;
  #client: pg.Client | null = null;
  #waiting: Request<Row>[] = [];
  #isQuerying = false;

  constructor(table: PostgresTable<Row>, batch: number) {
    super();
    this.#table = table;
    this.#batch = batch;
  }

  override async open(): Promise<void> {
    const { host, port, user, database } = await this.#table.database();
    const client = new pg.Client({ host, port, user, database });
    // Requests under way are told by their query; this is for a loss between two of them.
    client.on('error', (error) => this.#fail(error));
    await client.connect();
    this.#client = client;
  }

  override async close(): Promise<void> {
    await this.#client?.end();
  }

  /** The row with this key, null if there is none. Rejects with a retryable WeirError. */
  protected find(key: string): Promise<Row | null> {
    const answer = new Promise<Row | null>((resolve, reject) => {
      this.#waiting.push({ key, resolve, reject });
    });
    if (!this.#isQuerying) void this.#query();
    return answer;
  }

  /** Queries until nobody waits. Never rejects: failures go to the requests. */
  async #query(): Promise<void> {
    this.#isQuerying = true;
    // All that the task asks for in this turn may share the query.
    await null;
    while (this.#waiting.length > 0) {
      const requests = this.#waiting.splice(0, this.#batch);
      try {
        const found = await this.#rows(new Set(requests.map(({ key }) => key)));
        for (const { key, resolve } of requests) resolve(found.get(key) ?? null);
      } catch (cause) {
        const error = this.#lost(cause);
        for (const { reject } of requests) reject(error);
      }
    }
    this.#isQuerying = false;
  }

  async #rows(keys: ReadonlySet<string>): Promise<Map<string, Row>> {
    const client = this.#client;
    if (client === null) throw new WeirError('ARGUMENT_INVALID', 'the look-up is not open');
    // Literals, because connections share PGlite's one session and parameters would need several
    // messages each.
    const list = [...keys].map((key) => client.escapeLiteral(key)).join(', ');
    const { rows } = await client.query<Row>(this.#table.query(`array[${list}]`));
    return new Map(rows.map((row) => [this.#table.keyOf(row), row]));
  }

  #fail(error: unknown): void {
    for (const { reject } of this.#waiting.splice(0)) reject(this.#lost(error));
  }

  #lost(cause: unknown): WeirError {
    const why = cause instanceof Error ? cause.message : String(cause);
    const text = `the look-up of ${this.#table.what} in PostgreSQL failed: ${why}`;
    return new WeirError('USER_FUNCTION_FAILED', text, { cause, retryable: true });
  }
}
