/** Duration and size of the last checkpoints over time. */
import { ChartHead } from '../../../components/chart-head.tsx';
import { useMemo } from 'react';
import { type ChartMark, type ChartSeries, TimeChart } from '../../../components/time-chart.tsx';
import type { CheckpointRecord } from '../../../model/checkpoints/checkpoint-record.ts';
import { historyPoints } from '../../../model/checkpoints/checkpoint-history.ts';
import { bytesFigure, durationFigure, figureText } from '../../../model/figures/figures.ts';

const DURATION: readonly ChartSeries[] = [
  { key: 'durationMs', label: 'end to end', colour: 'var(--s2)', area: 0.08 },
  { key: 'asyncMs', label: 'of it writing', colour: 'var(--s1)' },
];
const SIZE: readonly ChartSeries[] = [
  { key: 'fullBytes', label: 'full', colour: 'var(--s8)' },
  { key: 'writtenBytes', label: 'written', colour: 'var(--s6)', area: 0.12 },
];

export function CheckpointCharts({ history }: { history: readonly CheckpointRecord[] }) {
  const rows = useMemo(() => historyPoints(history).map(({ id: _, ...row }) => row), [history]);
  const marks = useMemo(() => marksOf(history), [history]);
  const last = rows.findLast(({ durationMs }) => durationMs !== null);
  const shared = { rows, marks, height: 96 };
  return (
    <section className="section two-charts" aria-label="History">
      <div>
        <ChartHead title="Duration" series={DURATION} />
        <TimeChart
          {...shared}
          series={DURATION}
          format={formatMs}
          unit="duration"
          summary={`Duration of the last ${rows.length} checkpoints; now ${formatMs(last?.durationMs)}`}
        />
      </div>
      <div>
        <ChartHead title="Size" series={SIZE} />
        <TimeChart
          {...shared}
          series={SIZE}
          gutter={56}
          format={formatBytes}
          unit="bytes"
          summary={`Size of the last ${rows.length} checkpoints; now ${formatBytes(last?.fullBytes)}`}
        />
      </div>
    </section>
  );
}

function marksOf(history: readonly CheckpointRecord[]): ChartMark[] {
  return history
    .slice(0, 60)
    .flatMap(({ status, is_savepoint, trigger_timestamp }): ChartMark[] => {
      if (status === 'FAILED') return [{ t: trigger_timestamp, kind: 'failure' }];
      return is_savepoint && status === 'COMPLETED'
        ? [{ t: trigger_timestamp, kind: 'savepoint' }]
        : [];
    });
}

function formatMs(ms: number | null | undefined): string {
  return figureText(durationFigure(ms ?? null));
}

function formatBytes(bytes: number | null | undefined): string {
  return figureText(bytesFigure(bytes ?? null));
}
