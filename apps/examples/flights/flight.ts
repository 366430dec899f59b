/** The records of the flights job and their types. */
import { types } from '@weir/datastream';

export interface Flight {
  /** Row of the flight in the file; tells equal rows apart. */
  readonly id: number;
  /** Actual departure, epoch ms: the event time. Local time of the origin, read as UTC. */
  readonly dateMs: number;
  /** Delay of the arrival, minutes; negative = early. */
  readonly delay: number;
  /** Miles. */
  readonly distance: number;
  /** IATA codes. */
  readonly origin: string;
  readonly destination: string;
}

/** A flight with what the database knows about the airport where it began. */
export interface EnrichedFlight extends Flight {
  readonly airport: string;
  readonly city: string;
  readonly state: string;
}

/** Delays of all flights that left one airport within one hour. */
export interface HourlyDelays {
  readonly windowStartMs: number;
  readonly origin: string;
  readonly count: number;
  readonly sumDelay: number;
  readonly maxDelay: number;
}

/** Delays at an airport have spread: many flights, to many places, within an hour. */
export interface CascadeAlert {
  readonly origin: string;
  readonly airport: string;
  readonly city: string;
  /** When the hour began, ISO 8601; the figures are those at the moment of the alert. */
  readonly hour: string;
  readonly delayedFlights: number;
  readonly destinations: number;
  readonly worstDelay: number;
}

const FLIGHT_FIELDS = {
  id: types.i32(),
  dateMs: types.f64(),
  delay: types.i32(),
  distance: types.i32(),
  origin: types.string(),
  destination: types.string(),
};

export const FLIGHT = types.object(FLIGHT_FIELDS);

export const ENRICHED_FLIGHT = types.object({
  ...FLIGHT_FIELDS,
  airport: types.string(),
  city: types.string(),
  state: types.string(),
});
