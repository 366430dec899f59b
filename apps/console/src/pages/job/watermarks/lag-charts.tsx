/** Lag of event time per operator, and what the sources have not read yet, over time. */
import { ChartHead } from '../../../components/chart-head.tsx';
import type { JobTopology } from '@weir/console-protocol';
import { useMemo } from 'react';
import {
  type ChartMark,
  type ChartRow,
  type ChartSeries,
  TimeChart,
} from '../../../components/time-chart.tsx';
import { JOB_COLUMNS, type JobStore } from '../../../live/job-store.ts';
import { useJob } from '../../../live/use-live.ts';
import { VERTEX_COLUMNS } from '../../../live/vertex-series.ts';
import { chartMarks } from '../../../model/figures/chart-marks.ts';
import { countFigure, durationFigure, figureText } from '../../../model/figures/figures.ts';
import type { Vertex } from '../../../model/graph/vertex-kind.ts';
import { lagParts } from '../../../model/watermarks/watermark-reading.ts';
import { vertexTitle } from '../../../model/graph/vertex-title.ts';

const LINES_MAX = 2;
const POINTS = 180;
const HEIGHT = 156;

export function LagCharts({ topology }: { topology: JobTopology }) {
  return (
    <section className="section two-charts" aria-label="Over time">
      <LagChart topology={topology} />
      <BacklogChart />
    </section>
  );
}

function LagChart({ topology }: { topology: JobTopology }) {
  // Lines that cover each other say nothing: those that add to the lag are shown.
  const shown = useJob((store) => adding(topology, store), topology);
  const rows = useJob((store) => lagRows(store, shown), shown.map(({ id }) => id).join());
  const marks = useMarks();
  const lags = useJob(
    (store) => shown.map(({ id }) => store.watermarkLag(id)),
    shown.map(({ id }) => id).join(),
  );
  const series: ChartSeries[] = shown.map((vertex, at) => ({
    key: vertex.id,
    label: vertexTitle(vertex),
    colour: `var(--s${at + 2})`,
    now: figureText(durationFigure(lags[at] ?? null)),
  }));
  const last = useJob(({ latest }) => latest?.watermarkLag ?? null);
  const now = figureText(durationFigure(last));
  series.push({ key: 'job', label: 'sinks', colour: 'var(--watermark)', area: 0.09, now });
  return (
    <div>
      <ChartHead title="Watermark lag" series={series} />
      <TimeChart
        rows={rows}
        series={series}
        height={HEIGHT}
        gutter={50}
        unit="duration"
        format={(ms) => figureText(durationFigure(ms))}
        marks={marks}
        toNow
        summary={`Watermark lag of the last 30 minutes; now ${now} at the sinks`}
      />
    </div>
  );
}

const BACKLOG: ChartSeries = {
  key: 'records',
  label: 'records',
  colour: 'var(--lag)',
  area: 0.12,
};
const BACKLOG_ONLY = [BACKLOG];

function BacklogChart() {
  const rows = useJob((store) => backlogRows(store));
  const { last, pendingMs } = useJob(({ latest }) => ({
    last: latest?.pendingRecords ?? null,
    pendingMs: latest?.pendingMs ?? null,
  }));
  const marks = useMarks();
  const now = figureText(countFigure(last));
  const age = pendingMs === null ? '' : `${figureText(durationFigure(pendingMs))} old`;
  return (
    <div>
      <ChartHead
        title="Consumer lag"
        series={[{ ...BACKLOG, now: last === null ? 'not known' : now }]}
        note={age}
      />
      <TimeChart
        rows={rows}
        series={BACKLOG_ONLY}
        height={HEIGHT}
        gutter={50}
        format={(records) => figureText(countFigure(records))}
        marks={marks}
        toNow
        summary={`Records not read yet, of the last 30 minutes; now ${now}${age === '' ? '' : `, ${age}`}`}
      />
    </div>
  );
}

/** Where a verdict began and where the job started again: the same in both charts. */
function useMarks(): readonly ChartMark[] {
  const { spans, states } = useJob((store) => ({
    spans: store.verdicts.spans,
    states: store.states,
  }));
  return useMemo(() => chartMarks(spans, states), [spans, states]);
}

/** The operators that add most to the lag now, in the topology's order. */
function adding(topology: JobTopology, store: JobStore): Vertex[] {
  const parts = lagParts(topology, store).filter(({ lagMs }) => lagMs !== null);
  parts.sort((a, b) => b.addedMs - a.addedMs);
  const chosen = new Set(parts.slice(0, LINES_MAX).map(({ vertex }) => vertex));
  return topology.vertices.filter((vertex) => chosen.has(vertex));
}

function lagRows(store: JobStore, shown: readonly Vertex[]): ChartRow[] {
  const job = store.job.sample(JOB_COLUMNS.watermarkLag, 0, POINTS);
  const lines = shown.map(({ id }) => ({
    id,
    points: store.series(id)?.sample(VERTEX_COLUMNS.watermarkLag, 0, POINTS) ?? [],
  }));
  return job.map(({ t, value }, at) => {
    const row: Record<string, number | null> & { t: number } = { t, job: known(value) };
    for (const { id, points } of lines) row[id] = known(points[at]?.value);
    return row;
  });
}

function backlogRows(store: JobStore): ChartRow[] {
  const points = store.job.sample(JOB_COLUMNS.pendingRecords, 0, POINTS);
  return points.map(({ t, value }) => ({ t, records: known(value) }));
}

function known(value: number | undefined): number | null {
  return value === undefined || Number.isNaN(value) ? null : value;
}
