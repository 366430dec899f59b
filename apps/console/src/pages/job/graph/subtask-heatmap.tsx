/**
 * Subtasks over time: a row each, hot where they were busy. Click a moment to take the page there.
 * Its numbers are in the table of subtasks; here the eye looks for stripes.
 */
import { useQuery } from '@tanstack/react-query';
import type { JobSubtasks, SubtaskMetric } from '@weir/console-protocol';
import { type MouseEvent, useMemo, useState } from 'react';
import { Notice } from '../../../components/notice.tsx';
import { Skeleton } from '../../../components/skeleton.tsx';
import { useWidth } from '../../../components/use-width.ts';
import { useGoTo, useMoment } from '../../../frame/use-moment.ts';
import { useJob, useJobStore } from '../../../live/use-live.ts';
import { clockTime } from '../../../model/time/clock-time.ts';
import { figureText } from '../../../model/figures/figures.ts';
import { HEAT_LOOKS, HEAT_METRICS, heatColour } from '../../../model/graph/heat-metric.ts';
import {
  hottest,
  hottestRow,
  readHeat,
  readingWords,
} from '../../../model/graph/heatmap-reading.ts';
import type { Vertex } from '../../../model/graph/vertex-kind.ts';
import { subtasksQuery } from '../../../rest/subtask-queries.ts';
import { canvasColour } from './canvas-colours.ts';
import { type Picture, usePaint } from './use-paint.ts';

const COLUMNS = 120;
const SPAN_MS = 600_000;
/** Above this rows are thin and only some are labelled. */
const ROWS_LABELLED = 32;
const ROW = 11;
/** A few subtasks get taller rows, so that colours can be told apart. */
const ROW_MAX = 20;
const PICTURE = 88;
const ROW_THIN = 1.5;
const GUTTER = 26;

/** The part of the range of which anything is known: a young job fills its width too. */
function knownPart(data: JobSubtasks): JobSubtasks {
  const first = data.times[0];
  return first === undefined || first <= data.from ? data : { ...data, from: first };
}

export interface SubtaskHeatmapProps {
  readonly vertex: Vertex;
  readonly metric: SubtaskMetric;
  readonly show: (metric: SubtaskMetric) => void;
}

export function SubtaskHeatmap({ vertex, metric, show }: SubtaskHeatmapProps) {
  const store = useJobStore();
  const moment = useMoment();
  const newest = () => store.latest?.t ?? 0;
  const span = { moment, spanMs: SPAN_MS, columns: COLUMNS, newest };
  const { data, error, refetch } = useQuery(subtasksQuery(store.jobId, vertex, [metric], span));
  const known = useMemo(() => (data === undefined ? null : knownPart(data)), [data]);
  const count = vertex.parallelism;
  return (
    <section className="inspector-part heatmap" aria-label="Subtasks over time">
      <div className="section-head">
        <h3>{count > ROWS_LABELLED ? `${count} subtasks over time` : 'Subtasks over time'}</h3>
        <select
          className="bare"
          aria-label="Metric of the heatmap"
          value={metric}
          onChange={(event) => show(event.target.value as SubtaskMetric)}
        >
          {HEAT_METRICS.map((one) => (
            <option key={one} value={one}>
              {HEAT_LOOKS[one].label}
            </option>
          ))}
        </select>
      </div>
      {data === undefined && error === null && <Skeleton lines={3} />}
      {data === undefined && error !== null && (
        <Notice title="The subtasks' past could not be read." retry={() => void refetch()}>
          {error.message} The job itself is not touched by this.
        </Notice>
      )}
      {known !== null && <Heat data={known} metric={metric} vertexId={vertex.id} />}
    </section>
  );
}

interface HeatProps {
  readonly data: JobSubtasks;
  readonly metric: SubtaskMetric;
  readonly vertexId: string;
}

function Heat({ data, metric, vertexId }: HeatProps) {
  const [element, width] = useWidth<HTMLDivElement>();
  const goTo = useGoTo();
  const [pointed, point] = useState('');
  const { since, outside } = useJob((store) => {
    const current = store.verdicts.current;
    return {
      since: current?.vertexId === vertexId ? current.since : null,
      outside: (store.vertex(vertexId)?.external ?? 0) >= OUTSIDE_FROM,
    };
  }, vertexId);
  const matrix = data.metrics[metric] ?? [];
  const { share, figure } = HEAT_LOOKS[metric];
  const top = share ? 1 : hottest(matrix);
  const few = Math.min(ROW_MAX, Math.max(ROW, PICTURE / data.subtasks));
  const row = data.subtasks > ROWS_LABELLED ? ROW_THIN : few;
  const height = Math.max(row, Math.ceil(data.subtasks * row));
  const inner = Math.max(1, width - GUTTER);
  const picture = useHeatPicture(data, metric, top, row, inner);
  const canvas = usePaint(inner, height, devicePixelRatio, picture);
  if (matrix.length === 0 || data.times.length === 0) {
    return <p className="reading">Nothing is known of this at that time.</p>;
  }
  const cellOf = (event: MouseEvent) => {
    const box = event.currentTarget.getBoundingClientRect();
    const t = data.from + ((event.clientX - box.left) / box.width) * (data.to - data.from);
    const column = data.times.findLastIndex((time) => time <= t);
    const subtask = Math.floor(((event.clientY - box.top) / box.height) * data.subtasks);
    return { t, column, subtask };
  };
  const hover = (event: MouseEvent) => {
    const { column, subtask } = cellOf(event);
    const value = matrix[subtask]?.[column] ?? null;
    const time = clockTime(data.times[column] ?? data.from);
    point(`Subtask ${subtask} at ${time}: ${figureText(figure(value))}`);
  };
  const reading = readHeat(matrix, top);
  const words = readingWords(reading, outside);
  const x = (t: number) => ((t - data.from) / (data.to - data.from)) * 100;
  return (
    <div ref={element}>
      <div className="heat">
        <RowLabels matrix={matrix} row={row} />
        {/* biome-ignore lint/a11y/useKeyWithClickEvents: the time control goes to any moment */}
        <div
          className="heat-cells"
          style={{ height }}
          role="img"
          aria-label={`${HEAT_LOOKS[metric].label} of ${data.subtasks} subtasks over time. ${words}`}
          onMouseMove={hover}
          onMouseLeave={() => point('')}
          onClick={(event) => goTo({ kind: 'instant', at: Math.round(cellOf(event).t) })}
        >
          <canvas ref={canvas} style={{ width: inner, height }} />
          {since !== null && since > data.from && since < data.to && (
            <i className="heat-since" style={{ left: `${x(since)}%` }} />
          )}
        </div>
      </div>
      <HeatTimes from={data.from} to={data.to} since={since} />
      <p className="reading">{pointed === '' ? words : pointed}</p>
    </div>
  );
}

interface HeatTimesProps {
  readonly from: number;
  readonly to: number;
  /** When the verdict began. */
  readonly since: number | null;
}

/** A time at an end that the one between would cover is left out. */
function HeatTimes({ from, to, since }: HeatTimesProps) {
  const within = since !== null && since > from && since < to;
  const share = within ? (since - from) / (to - from) : 0.5;
  return (
    <div className="heat-times">
      <span>{share > TIME_WIDTH * 1.5 && clockTime(from)}</span>
      {within && (
        <b
          style={{
            left: `${Math.min(1 - TIME_WIDTH / 2, Math.max(TIME_WIDTH / 2, share)) * 100}%`,
          }}
        >
          {clockTime(since)}
        </b>
      )}
      <span>{share < 1 - TIME_WIDTH * 1.5 && clockTime(to)}</span>
    </div>
  );
}

/** Of a time's text, in widths of the picture. */
const TIME_WIDTH = 0.18;

/** A vertex that waits for so much of its time waits for something outside. */
const OUTSIDE_FROM = 0.5;

function RowLabels({
  matrix,
  row,
}: {
  matrix: readonly (readonly (number | null)[])[];
  row: number;
}) {
  const worst = useMemo(() => hottestRow(matrix), [matrix]);
  const last = matrix.length - 1;
  const all = matrix.length <= ROWS_LABELLED;
  const shown = all ? matrix.map((_, at) => at) : [...new Set([0, worst, last])];
  // The worst row's label wins over a neighbour that it would cover.
  const free = (at: number) => at === worst || Math.abs(at - worst) * row >= 12;
  return (
    <div className="heat-labels" aria-hidden="true">
      {shown
        .filter((at) => all || free(at))
        .map((at) => (
          <span
            key={at}
            className={at === worst ? 'worst' : undefined}
            style={{ top: (at + 0.5) * row - 7 }}
          >
            {at}
          </span>
        ))}
    </div>
  );
}

function useHeatPicture(
  data: JobSubtasks,
  metric: SubtaskMetric,
  top: number,
  row: number,
  width: number,
): Picture {
  return useMemo<Picture>(() => {
    const paint: Picture['paint'] = (context) => {
      const matrix = data.metrics[metric] ?? [];
      const perMs = width / Math.max(1, data.to - data.from);
      const gap = row > 4 ? 1 : 0;
      for (const [subtask, values] of matrix.entries()) {
        for (const [column, value] of values.entries()) {
          if (value === null) continue;
          const t = data.times[column]!;
          const next = data.times[column + 1] ?? data.to;
          const x = (t - data.from) * perMs;
          // Up to the next column, unless a gap lies between.
          const wide = Math.min(next - t, data.step * 1.5) * perMs;
          context.fillStyle = canvasColour(heatColour(metric, top <= 0 ? 0 : value / top));
          context.fillRect(x, subtask * row, Math.max(0.6, wide - gap * 0.4), row - gap);
        }
      }
    };
    return { paint, looksOf: () => NOTHING_LIVE };
  }, [data, metric, top, row, width]);
}

/** It shows what was read, not what ticks say. */
const NOTHING_LIVE: readonly string[] = [];
