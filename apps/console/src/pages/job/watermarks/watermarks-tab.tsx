/** Event time: how far behind each operator is, and which one holds the watermark back. */
import { type ChartRow, type ChartSeries, TimeChart } from '../../../components/time-chart.tsx';
import { FigureText } from '../../../components/figure-text.tsx';
import { JOB_COLUMNS, type JobStore, VERTEX_COLUMNS } from '../../../live/job-store.ts';
import { useJob } from '../../../live/use-live.ts';
import { dayAndTime, utcTime } from '../../../model/clock-time.ts';
import {
  bytesFigure,
  countFigure,
  durationFigure,
  exact,
  figureText,
} from '../../../model/figures.ts';
import type { Vertex } from '../../../model/vertex-kind.ts';
import { vertexTitle } from '../../../model/vertex-title.ts';
import { holdingVertex } from '../../../model/watermark-holder.ts';

const LINES_MAX = 8;
const POINTS = 180;

export function WatermarksTab() {
  const topology = useJob((store) => store.topology);
  if (topology === null) return null;
  return (
    <div className="scroll">
      <Sentence />
      <LagChart vertices={topology.vertices} />
      <table>
        <caption className="hidden-text">Watermarks of the vertices, from source to sink</caption>
        <thead>
          <tr>
            <th scope="col">Operator</th>
            {['Par.', 'Watermark', 'Lag', 'Not read yet', 'Late dropped', 'State'].map((head) => (
              <th key={head} scope="col" className="num">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {topology.vertices.map((vertex) => (
            <VertexRow key={vertex.id} vertex={vertex} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Sentence() {
  const { title, text, lag } = useJob((store) => {
    const holder = store.topology === null ? null : holdingVertex(store.topology, store);
    const job = store.latest?.watermarkLag ?? null;
    return {
      title: holder === null ? null : vertexTitle(holder.vertex),
      text: holder === null ? '' : figureText(durationFigure(holder.addsMs)),
      lag: job === null ? null : figureText(durationFigure(job)),
    };
  });
  return (
    <section className="section" aria-label="Watermark lag">
      <p className="lead">
        {lag === null ? (
          'No watermark has reached the sinks yet.'
        ) : title === null ? (
          <>Event time is {lag} behind at the sinks; no operator adds to it.</>
        ) : (
          <>
            Event time is <strong>{lag}</strong> behind at the sinks; <strong>{title}</strong> holds
            it back most, by {text}.
          </>
        )}
      </p>
    </section>
  );
}

function LagChart({ vertices }: { vertices: readonly Vertex[] }) {
  const shown = vertices.slice(0, LINES_MAX);
  const rows = useJob((store) => lagRows(store, shown), vertices);
  const series: ChartSeries[] = shown.map((vertex, at) => ({
    key: vertex.id,
    label: vertexTitle(vertex),
    colour: `var(--s${at + 1})`,
  }));
  series.push({ key: 'job', label: 'at the sinks', colour: 'var(--watermark)', area: 0.09 });
  const last = rows.at(-1)?.job;
  const now = figureText(durationFigure(typeof last === 'number' ? last : null));
  return (
    <section className="section" aria-label="Lag over time">
      <div className="section-head">
        <h2>Watermark lag</h2>
        <span className="legend">
          {series.map(({ key, label, colour }) => (
            <span key={key}>
              <i className="swatch-line" style={{ background: colour }} aria-hidden="true" />
              {label}
            </span>
          ))}
        </span>
      </div>
      <TimeChart
        rows={rows}
        series={series}
        height={172}
        gutter={56}
        unit="duration"
        format={(ms) => figureText(durationFigure(ms))}
        summary={`Watermark lag of the last 30 minutes; now ${now} at the sinks`}
      />
    </section>
  );
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

function known(value: number | undefined): number | null {
  return value === undefined || Number.isNaN(value) ? null : value;
}

function VertexRow({ vertex }: { vertex: Vertex }) {
  const { watermark, lag, pending, pendingMs, late, state, now } = useJob((store) => {
    const tick = store.vertex(vertex.id);
    return {
      watermark: tick?.watermark ?? null,
      lag: store.watermarkLag(vertex.id),
      pending: tick?.pendingRecords ?? null,
      pendingMs: tick?.pendingMs ?? null,
      late: tick?.lateRecords ?? null,
      state: tick?.stateBytes ?? null,
      now: store.latest?.t ?? 0,
    };
  }, vertex.id);
  return (
    <tr>
      <th scope="row">{vertexTitle(vertex)}</th>
      <td className="num">{vertex.parallelism}</td>
      <td className="num" title={watermark === null ? 'none yet' : utcTime(watermark)}>
        {watermark === null ? '—' : dayAndTime(watermark, now)}
      </td>
      <td className={lag === null ? 'num zero' : 'num tone-watermark'}>
        <FigureText figure={durationFigure(lag)} title={exact(lag, 'ms')} />
      </td>
      <td className={pending ? 'num tone-lag' : 'num zero'}>
        <FigureText figure={countFigure(pending)} title={exact(pending, 'records')} />
        {pendingMs !== null && <> · {figureText(durationFigure(pendingMs))}</>}
      </td>
      <td className={`num ${late ? '' : 'zero'}`}>
        <FigureText figure={countFigure(late)} title={exact(late, 'records')} />
      </td>
      <td className="num">
        <FigureText figure={bytesFigure(state)} title={exact(state, 'bytes')} />
      </td>
    </tr>
  );
}
