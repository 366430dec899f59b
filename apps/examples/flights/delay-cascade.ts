/**
 * Notices when delays at an airport spread: within one hour, many flights to many places left that
 * would arrive late. One alert per wave: hours that directly follow an alerted one are its echo.
 *
 * Flights are heard of out of order, so several hours are open at a time. The timer at the end of
 * an hour, which event time reaches when nothing of it can come any more, removes it.
 */
import {
  type Collector,
  type KeyedProcessContext,
  KeyedProcessFunction,
  type MapState,
  MapStateDescriptor,
  type OnTimerContext,
  types,
  type ValueState,
  ValueStateDescriptor,
} from '@weir/datastream';
import type { CascadeAlert, EnrichedFlight } from './flight.ts';

const DELAYED_MINUTES = 45;
const HOUR_MS = 3_600_000;
const FLIGHTS_MIN = 12;
const DESTINATIONS_MIN = 8;

interface DelayedFlights {
  readonly flights: number;
  readonly destinations: readonly string[];
  readonly worstDelay: number;
}

const NONE: DelayedFlights = { flights: 0, destinations: [], worstDelay: 0 };

const DELAYED_FLIGHTS = types.object({
  flights: types.i32(),
  destinations: types.array(types.string()),
  worstDelay: types.i32(),
});

export class DelayCascade extends KeyedProcessFunction<string, EnrichedFlight, CascadeAlert> {
  /** By start of the hour. */
  #hours!: MapState<number, DelayedFlights>;
  /** Start of the last hour that had an alert, or was the echo of one. */
  #alertedMs!: ValueState<number>;

  override open(): void {
    const context = this.getRuntimeContext();
    this.#hours = context.getMapState(
      new MapStateDescriptor('delayed-flights', types.f64(), DELAYED_FLIGHTS),
    );
    this.#alertedMs = context.getState(new ValueStateDescriptor('alerted', types.f64()));
  }

  processElement(
    flight: EnrichedFlight,
    context: KeyedProcessContext<string>,
    out: Collector<CascadeAlert>,
  ): void {
    if (flight.delay < DELAYED_MINUTES) return;
    const hourMs = flight.dateMs - (flight.dateMs % HOUR_MS);
    const endMs = hourMs + HOUR_MS - 1;
    // An hour whose timer fired is closed; counting it again would never be cleaned up.
    if (endMs <= context.timerService().currentWatermark()) return;
    const before = this.#hours.get(hourMs);
    if (before === null) context.timerService().registerEventTimeTimer(endMs);
    const now = withFlight(before ?? NONE, flight);
    this.#hours.put(hourMs, now);
    if (isCascade(before ?? NONE) || !isCascade(now)) return;
    const alertedMs = this.#alertedMs.value();
    this.#alertedMs.update(Math.max(hourMs, alertedMs ?? hourMs));
    if (alertedMs !== null && Math.abs(hourMs - alertedMs) <= HOUR_MS) return;
    out.collect(alertOf(flight, hourMs, now));
  }

  override onTimer(timestampMs: number, _context: OnTimerContext<string>): void {
    this.#hours.remove(timestampMs + 1 - HOUR_MS);
  }
}

function withFlight(before: DelayedFlights, flight: EnrichedFlight): DelayedFlights {
  const { flights, destinations, worstDelay } = before;
  const isKnown = destinations.includes(flight.destination);
  return {
    flights: flights + 1,
    destinations: isKnown ? destinations : [...destinations, flight.destination],
    worstDelay: Math.max(worstDelay, flight.delay),
  };
}

function isCascade({ flights, destinations }: DelayedFlights): boolean {
  return flights >= FLIGHTS_MIN && destinations.length >= DESTINATIONS_MIN;
}

function alertOf(flight: EnrichedFlight, hourMs: number, hour: DelayedFlights): CascadeAlert {
  return {
    origin: flight.origin,
    airport: flight.airport,
    city: flight.city,
    hour: new Date(hourMs).toISOString(),
    delayedFlights: hour.flights,
    destinations: hour.destinations.length,
    worstDelay: hour.worstDelay,
  };
}
