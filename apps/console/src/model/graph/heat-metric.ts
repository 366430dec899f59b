/** What a heatmap of subtasks can show, and in which colours. */
import type { SubtaskMetric } from '@weir/console-protocol';
import { tint } from './colour-mode.ts';
import {
  bytesFigure,
  countFigure,
  durationFigure,
  type Figure,
  percentFigure,
} from '../figures/figures.ts';

export const HEAT_METRICS = [
  'busy',
  'external',
  'backpressured',
  'recordsIn',
  'recordsOut',
  'watermarkLag',
  'stateBytes',
] as const satisfies readonly SubtaskMetric[];

interface HeatLook {
  readonly label: string;
  readonly share: boolean;
  readonly figure: (value: number | null) => Figure;
}

const rate = (value: number | null) => countFigure(value, 'rec/s');

export const HEAT_LOOKS: Readonly<Record<SubtaskMetric, HeatLook>> = {
  busy: { label: 'Busy', share: true, figure: percentFigure },
  queued: { label: 'Queued', share: true, figure: percentFigure },
  external: { label: 'External', share: true, figure: percentFigure },
  backpressured: { label: 'Backpressured', share: true, figure: percentFigure },
  idle: { label: 'Idle', share: true, figure: percentFigure },
  recordsIn: { label: 'Records in', share: false, figure: rate },
  recordsOut: { label: 'Records out', share: false, figure: rate },
  watermarkLag: { label: 'Watermark lag', share: false, figure: durationFigure },
  stateBytes: { label: 'State size', share: false, figure: bytesFigure },
  pendingRecords: { label: 'Pending records', share: false, figure: countFigure },
};

export function heatMetricOf(value: unknown): SubtaskMetric {
  return HEAT_METRICS.find((metric) => metric === value) ?? 'busy';
}

const TOKENS: Partial<Record<SubtaskMetric, string>> = {
  backpressured: '--bp-line',
  watermarkLag: '--watermark',
  stateBytes: '--s3',
};

/** @param share 0…1 of the hottest. Busyness has its ramp, everything else a tint of one colour. */
export function heatColour(metric: SubtaskMetric, share: number): string {
  const stop = Math.min(10, Math.max(0, Math.round(share * 10)));
  if (metric === 'busy') return `var(--busy-${stop * 10})`;
  const token = TOKENS[metric];
  if (token === undefined) return tint('records', stop / 10).fill;
  return `color-mix(in oklab, var(${token}) ${stop * 10}%, var(--sunken))`;
}
