/** Looks up where a flight began, in PostgreSQL. */
import { PostgresLookup } from '../look-up/postgres-lookup.ts';
import type { EnrichedFlight, Flight } from './flight.ts';
import { type Airport, airportsDatabase } from './services.ts';

const UNKNOWN: Omit<Airport, 'iata'> = { name: 'unknown', city: 'unknown', state: '' };

export class AirportLookup extends PostgresLookup<Flight, Airport, EnrichedFlight> {
  /** `latencyMs` is what the network to the database adds to an answer. */
  constructor(batch: number, latencyMs: number) {
    const table = {
      what: 'an airport',
      database: () => airportsDatabase(latencyMs),
      query: (keys: string) =>
        `select iata, name, city, state from airports where iata = any (${keys})`,
      keyOf: ({ iata }: Airport) => iata,
    };
    super(table, batch);
  }

  async asyncInvoke(flight: Flight): Promise<EnrichedFlight> {
    const airport = await this.find(flight.origin);
    const { name, city, state } = airport ?? UNKNOWN;
    return { ...flight, airport: name, city, state };
  }
}
