/** The colour ramp of busyness: eleven stops, each with its own ink. */
export interface RampColour {
  readonly fill: string;
  readonly ink: string;
}

export const RAMP_STOPS = [0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100] as const;
export const FILL_STOPS = [0, 25, 50, 75, 100] as const;

const RAMP: readonly RampColour[] = RAMP_STOPS.map((stop) => ({
  fill: `var(--busy-${stop})`,
  ink: `var(--busy-ink-${stop})`,
}));

/** From here on the busy part of a bar takes the ramp's colour. */
const RAMP_BAR_FROM = 0.8;

/** Colour of a node's head for a ratio 0…1; the calm end when unknown. */
export function busyColour(busy: number | null): RampColour {
  return RAMP[nearestStop(busy, 10) / 10]!;
}

/** Colour of the busy part of a stacked bar. */
export function busyBarColour(busy: number | null): string {
  return busy !== null && busy >= RAMP_BAR_FROM
    ? `var(--busy-${nearestStop(busy, 10)})`
    : 'var(--busy-bar)';
}

/** Colour of an edge by how full its fullest channel is, 0…1. */
export function channelColour(fill: number | null): string {
  return `var(--fill-${nearestStop(fill, 25)})`;
}

function nearestStop(ratio: number | null, step: number): number {
  if (ratio === null || !Number.isFinite(ratio)) return 0;
  return Math.min(100, Math.max(0, Math.round((ratio * 100) / step) * step));
}
