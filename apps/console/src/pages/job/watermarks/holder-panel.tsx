/** Who holds the watermark back: one sentence, and below it what each operator adds. */
import type { JobSplits, JobTopology } from '@weir/console-protocol';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { FigureText } from '../../../components/figure-text.tsx';
import { useMoment, useShownTime } from '../../../frame/use-moment.ts';
import { useJob, useJobStore } from '../../../live/use-live.ts';
import { dayAndTime, utcTime } from '../../../model/time/clock-time.ts';
import { durationFigure, exact, figureText } from '../../../model/figures/figures.ts';
import type { SentencePart } from '../../../model/verdict/verdict-reason.ts';
import { vertexTitle } from '../../../model/graph/vertex-title.ts';
import { holdingVertex } from '../../../model/watermarks/watermark-holder.ts';
import {
  farthestSubtask,
  type LagParts,
  lagParts,
  watermarkReading,
} from '../../../model/watermarks/watermark-reading.ts';
import { subtaskLagsQuery } from '../../../rest/subtask-latest.ts';

/** Of very wide graphs those that are farthest behind are listed. */
const ROWS_MAX = 60;

export interface HolderPanelProps {
  readonly topology: JobTopology;
  readonly splits: JobSplits | null;
}

export function HolderPanel({ topology, splits }: HolderPanelProps) {
  const shownAt = useShownTime();
  const subtask = useFarthestSubtask(topology);
  const { reading, watermark, parts } = useJob((store) => {
    const jobLagMs = store.latest?.watermarkLag ?? null;
    const input = { topology, lags: store, jobLagMs, splits, subtask };
    return {
      reading: watermarkReading(input),
      watermark: store.latest?.watermark ?? null,
      parts: lagParts(topology, store),
    };
  }, splits);
  return (
    <section className="section" aria-label="Watermark lag">
      <div className="section-head">
        <h2>Who holds the watermark back</h2>
      </div>
      <p className="say">
        <Sentence parts={reading.sentence} />{' '}
        {watermark !== null && (
          <>
            It stands at{' '}
            <span className="tone-watermark" title={utcTime(watermark)}>
              {dayAndTime(watermark, shownAt)}
            </span>
            .{' '}
          </>
        )}
        {reading.advice}
      </p>
      <LagTable parts={parts} shownAt={shownAt} />
    </section>
  );
}

function Sentence({ parts }: { parts: readonly SentencePart[] }) {
  return parts.map(({ text, strong }, at) =>
    // biome-ignore lint/suspicious/noArrayIndexKey: parts have no identity but their place
    strong ? <strong key={at}>{text}</strong> : <span key={at}>{text}</span>,
  );
}

/** Of the operator that adds most; asked for only while one adds notably. */
function useFarthestSubtask(topology: JobTopology) {
  const { jobId } = useJobStore();
  const moment = useMoment();
  const at = useShownTime();
  const holder = useJob((store) => holdingVertex(topology, store)?.vertex ?? null, topology);
  const asked = holder !== null && holder.parallelism > 1 ? holder.id : null;
  const { data } = useQuery(subtaskLagsQuery(jobId, asked, moment.kind === 'live' ? null : at));
  return useMemo(
    () => (asked === null || data === undefined ? null : farthestSubtask(data)),
    [asked, data],
  );
}

function LagTable({ parts, shownAt }: { parts: readonly LagParts[]; shownAt: number }) {
  const most = Math.max(1, ...parts.map(({ lagMs }) => lagMs ?? 0));
  const shown =
    parts.length <= ROWS_MAX
      ? parts
      : parts.toSorted((a, b) => (b.lagMs ?? -1) - (a.lagMs ?? -1)).slice(0, ROWS_MAX);
  return (
    <>
      <div className="legend lag-legend" aria-hidden="true">
        <span>
          <i className="swatch lag-inherited" /> from its inputs
        </span>
        <span>
          <i className="swatch lag-added" /> added by operator
        </span>
      </div>
      <table className="plain lag-table">
        <caption className="hidden-text">Watermarks of the vertices, from source to sink</caption>
        <thead className="hidden-text">
          <tr>
            <th scope="col">Operator</th>
            <th scope="col">Lag as a bar</th>
            <th scope="col">Lag</th>
          </tr>
        </thead>
        <tbody>
          {shown.map((part) => (
            <LagRow key={part.vertex.id} part={part} most={most} shownAt={shownAt} />
          ))}
        </tbody>
      </table>
      {parts.length > shown.length && (
        <p className="micro quiet-text">
          {parts.length - shown.length} operators that are less behind are not listed.
        </p>
      )}
    </>
  );
}

function LagRow({ part, most, shownAt }: { part: LagParts; most: number; shownAt: number }) {
  const { vertex, lagMs, inheritedMs, addedMs } = part;
  const { jobId } = useJobStore();
  const watermark = useJob((store) => store.vertex(vertex.id)?.watermark ?? null, vertex.id);
  const stands = watermark === null ? 'no watermark yet' : `at ${dayAndTime(watermark, shownAt)}`;
  const words = `${figureText(durationFigure(inheritedMs))} from its inputs, ${figureText(durationFigure(addedMs))} added`;
  return (
    <tr title={watermark === null ? stands : utcTime(watermark)}>
      <th scope="row">
        <Link
          to="/c/embedded/jobs/$jobId/graph"
          params={{ jobId }}
          search={{ vertex: vertex.id }}
          title={stands}
        >
          {vertexTitle(vertex)}
        </Link>{' '}
        <span className="quiet-text">×{vertex.parallelism}</span>
      </th>
      <td className="lag-track">
        <span className="lag-bar" role="img" aria-label={lagMs === null ? stands : words}>
          <i className="lag-inherited" style={{ width: `${(inheritedMs / most) * 100}%` }} />
          <i className="lag-added" style={{ width: `${(addedMs / most) * 100}%` }} />
        </span>
      </td>
      <td className={lagMs === null ? 'num zero' : 'num'}>
        <FigureText figure={durationFigure(lagMs)} title={exact(lagMs, 'ms')} />
      </td>
    </tr>
  );
}
