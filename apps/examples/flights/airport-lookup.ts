/**
 * Looks up where a flight began, in PostgreSQL. Every flight is a request; nothing is remembered.
 * One query is under way per subtask; up to `batch` of the requests that wait share the next one.
 */
import { WeirError } from '@weir/core';
import { RichAsyncFunction } from '@weir/datastream';
import pg from 'pg';
import type { EnrichedFlight, Flight } from './flight.ts';
import { type Airport, airportsDatabase } from './services.ts';

interface Request {
  readonly iata: string;
  readonly resolve: (airport: Airport | null) => void;
  readonly reject: (error: unknown) => void;
}

const UNKNOWN: Omit<Airport, 'iata'> = { name: 'unknown', city: 'unknown', state: '' };

export class AirportLookup extends RichAsyncFunction<Flight, EnrichedFlight> {
  readonly #batch: number;
  readonly #latencyMs: number;
  #client: pg.Client | null = null;
  #waiting: Request[] = [];
  #isQuerying = false;

  /** `latencyMs` is what the network to the database adds to an answer. */
  constructor(batch: number, latencyMs: number) {
    super();
    this.#batch = batch;
    this.#latencyMs = latencyMs;
  }

  override async open(): Promise<void> {
    const { host, port, user, database } = await airportsDatabase(this.#latencyMs);
    const client = new pg.Client({ host, port, user, database });
    // Requests under way are told by their query; this is for a loss between two of them.
    client.on('error', (error) => this.#fail(error));
    await client.connect();
    this.#client = client;
  }

  async asyncInvoke(flight: Flight): Promise<EnrichedFlight> {
    const airport = await this.#request(flight.origin);
    const { name, city, state } = airport ?? UNKNOWN;
    return { ...flight, airport: name, city, state };
  }

  override async close(): Promise<void> {
    await this.#client?.end();
  }

  #request(iata: string): Promise<Airport | null> {
    const answer = new Promise<Airport | null>((resolve, reject) => {
      this.#waiting.push({ iata, resolve, reject });
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
        const found = await this.#find(new Set(requests.map(({ iata }) => iata)));
        for (const { iata, resolve } of requests) resolve(found.get(iata) ?? null);
      } catch (cause) {
        const error = lost(cause);
        for (const { reject } of requests) reject(error);
      }
    }
    this.#isQuerying = false;
  }

  async #find(codes: ReadonlySet<string>): Promise<Map<string, Airport>> {
    const client = this.#client;
    if (client === null) throw new WeirError('ARGUMENT_INVALID', 'the look-up is not open');
    // Literals, because connections share PGlite's one session and parameters would need several
    // messages each.
    const list = [...codes].map((code) => client.escapeLiteral(code)).join(', ');
    const { rows } = await client.query<Airport>(
      `select iata, name, city, state from airports where iata = any (array[${list}])`,
    );
    return new Map(rows.map((airport) => [airport.iata, airport]));
  }

  #fail(error: unknown): void {
    for (const { reject } of this.#waiting.splice(0)) reject(lost(error));
  }
}

function lost(cause: unknown): WeirError {
  const why = cause instanceof Error ? cause.message : String(cause);
  const text = `the look-up of an airport in PostgreSQL failed: ${why}`;
  return new WeirError('USER_FUNCTION_FAILED', text, { cause, retryable: true });
}
