/**
 * Notices when delays at an airport spread. An episode begins with a badly delayed departure and
 * lasts an hour of event time; when enough flights to enough places were delayed within it, one
 * alert goes out. The timer that ends the episode clears its state.
 */
import {
  type Collector,
  KeyedProcessFunction,
  type KeyedProcessContext,
  type MapState,
  MapStateDescriptor,
  type OnTimerContext,
  types,
  type ValueState,
  ValueStateDescriptor,
} from '@weir/datastream';
import type { CascadeAlert, EnrichedFlight } from './flight.ts';

const DELAYED_MINUTES = 45;
const EPISODE_MS = 3_600_000;
const FLIGHTS_MIN = 12;
const DESTINATIONS_MIN = 8;

interface Episode {
  readonly startMs: number;
  readonly latestMs: number;
  readonly flights: number;
  readonly worstDelay: number;
  readonly alerted: boolean;
}

const EPISODE = types.object({
  startMs: types.f64(),
  latestMs: types.f64(),
  flights: types.i32(),
  worstDelay: types.i32(),
  alerted: types.boolean(),
});

export class DelayCascade extends KeyedProcessFunction<string, EnrichedFlight, CascadeAlert> {
  #episode!: ValueState<Episode>;
  /** Delayed flights of the episode per destination. */
  #destinations!: MapState<string, number>;

  override open(): void {
    const context = this.getRuntimeContext();
    this.#episode = context.getState(new ValueStateDescriptor('episode', EPISODE));
    this.#destinations = context.getMapState(
      new MapStateDescriptor('destinations', types.string(), types.i32()),
    );
  }

  processElement(
    flight: EnrichedFlight,
    context: KeyedProcessContext<string>,
    out: Collector<CascadeAlert>,
  ): void {
    if (flight.delay < DELAYED_MINUTES) return;
    const episode = this.#episode.value() ?? this.#begin(flight.dateMs, context);
    const { destination } = flight;
    this.#destinations.put(destination, (this.#destinations.get(destination) ?? 0) + 1);
    const grown: Episode = {
      startMs: episode.startMs,
      latestMs: Math.max(episode.latestMs, flight.dateMs),
      flights: episode.flights + 1,
      worstDelay: Math.max(episode.worstDelay, flight.delay),
      alerted: episode.alerted,
    };
    const alert = grown.alerted ? null : this.#alertFor(flight, grown);
    if (alert !== null) out.collect(alert);
    this.#episode.update({ ...grown, alerted: grown.alerted || alert !== null });
  }

  override onTimer(timestampMs: number, _context: OnTimerContext<string>): void {
    const episode = this.#episode.value();
    if (episode === null || episode.startMs + EPISODE_MS !== timestampMs) return;
    this.#episode.clear();
    this.#destinations.clear();
  }

  #begin(startMs: number, context: KeyedProcessContext<string>): Episode {
    context.timerService().registerEventTimeTimer(startMs + EPISODE_MS);
    return { startMs, latestMs: startMs, flights: 0, worstDelay: 0, alerted: false };
  }

  #alertFor(flight: EnrichedFlight, episode: Episode): CascadeAlert | null {
    if (episode.flights < FLIGHTS_MIN) return null;
    const destinations = [...this.#destinations.keys()].length;
    if (destinations < DESTINATIONS_MIN) return null;
    return {
      origin: flight.origin,
      airport: flight.airport,
      city: flight.city,
      since: new Date(episode.startMs).toISOString(),
      until: new Date(episode.latestMs).toISOString(),
      delayedFlights: episode.flights,
      destinations,
      worstDelay: episode.worstDelay,
    };
  }
}
