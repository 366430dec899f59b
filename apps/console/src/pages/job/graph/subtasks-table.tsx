/** The subtasks of a vertex, busiest first: where they run, rates, watermark; live or at a moment. */
import { useQuery } from '@tanstack/react-query';
import type { SubtaskMetric } from '@weir/console-protocol';
import { memo, useState } from 'react';
import { Notice } from '../../../components/notice.tsx';
import { useMoment } from '../../../frame/use-moment.ts';
import { useJob, useJobStore } from '../../../live/use-live.ts';
import {
  countFigure,
  durationFigure,
  exact,
  figureText,
  percentFigure,
} from '../../../model/figures/figures.ts';
import { hotKeySentence, skewSentence } from '../../../model/graph/subtask-skew.ts';
import { callSiteOf, type Vertex } from '../../../model/graph/vertex-kind.ts';
import { vertexQuery } from '../../../rest/job-queries.ts';
import { subtasksQuery } from '../../../rest/subtask-queries.ts';

const METRICS = [
  'busy',
  'backpressured',
  'recordsIn',
  'recordsOut',
  'watermarkLag',
  'external',
] as const satisfies readonly SubtaskMetric[];
/** Of thousands of subtasks there is a column every ten seconds, once these are over. */
const SPAN_MS = 30_000;
/** A table longer than this is shown in part first. */
const ROWS_FIRST = 12;

const HEADS = ['Bp', 'In/s', 'Out/s', 'WM lag'];

export function SubtasksTable({ vertex }: { vertex: Vertex }) {
  const store = useJobStore();
  const moment = useMoment();
  const [all, showAll] = useState(false);
  const hotKey = useJob(({ verdicts }) => hotKeySentence(verdicts.current, vertex.id), vertex.id);
  const live = moment.kind === 'live';
  const details = useQuery({ ...vertexQuery(store.jobId, vertex.id), enabled: live });
  // Second by second, of which the last is shown: a column of ten would also hold what came later.
  const columns = moment.kind === 'range' ? 1 : (2 * SPAN_MS) / 1000;
  const span = { moment, spanMs: SPAN_MS, columns, newest: () => store.latest?.t ?? 0 };
  const numbers = useQuery(subtasksQuery(store.jobId, vertex, METRICS, span));
  if (numbers.isError && numbers.data === undefined) {
    return (
      <Notice title="The subtasks could not be read." retry={() => void numbers.refetch()}>
        {numbers.error.message} The job itself is not touched by this.
      </Notice>
    );
  }
  const value = (subtask: number, metric: SubtaskMetric) =>
    numbers.data?.metrics[metric]?.[subtask]?.findLast((one) => one !== null) ?? null;
  const infos = new Map((details.data?.subtasks ?? []).map((info) => [info.subtask, info]));
  const rows = Array.from({ length: vertex.parallelism }, (_, subtask) => ({
    subtask,
    busy: value(subtask, 'busy'),
  })).sort((a, b) => (b.busy ?? -1) - (a.busy ?? -1) || a.subtask - b.subtask);
  const skew = skewSentence(rows.map((_, subtask) => value(subtask, 'recordsIn')));
  const calls = callSiteOf(vertex) !== null;
  const place = placeSentence([...infos.values()].map(hostOf));
  return (
    <section className="inspector-part table" aria-label="Subtasks">
      {(skew !== null || place !== null) && (
        <p className="reading">
          {skew} {hotKey} {place !== null && <span className="whole">{place}</span>}
        </p>
      )}
      <table className="dense">
        <caption className="hidden-text">Subtasks, busiest first</caption>
        <thead>
          <tr>
            <th scope="col">#</th>
            <th scope="col" className="num">
              Busy
            </th>
            {calls && (
              <th scope="col" className="num" title="Of its time, waiting for calls outside">
                Ext.
              </th>
            )}
            {HEADS.map((head) => (
              <th key={head} scope="col" className="num">
                {head}
              </th>
            ))}
            {live && <th scope="col">State</th>}
          </tr>
        </thead>
        <tbody>
          {(all ? rows : rows.slice(0, ROWS_FIRST)).map(({ subtask }) => {
            const info = infos.get(subtask);
            const [busy, backpressured, recordsIn, recordsOut, lag, external] = METRICS.map(
              (metric) => value(subtask, metric),
            );
            return (
              <SubtaskRow
                key={subtask}
                subtask={subtask}
                busy={figureText(percentFigure(busy ?? null))}
                external={calls ? figureText(percentFigure(external ?? null)) : null}
                backpressured={figureText(percentFigure(backpressured ?? null))}
                recordsIn={recordsIn ?? null}
                recordsOut={recordsOut ?? null}
                lag={figureText(durationFigure(lag ?? null))}
                live={live}
                attempt={info?.attempt ?? null}
                host={hostOf(info)}
                state={info?.status.toLowerCase() ?? '—'}
              />
            );
          })}
        </tbody>
      </table>
      {rows.length > ROWS_FIRST && !all && (
        <button type="button" className="link more" onClick={() => showAll(true)}>
          Show all {rows.length} subtasks
        </button>
      )}
    </section>
  );
}

interface SubtaskRowProps {
  readonly subtask: number;
  readonly busy: string;
  /** Null where it calls nothing. */
  readonly external: string | null;
  readonly backpressured: string;
  readonly recordsIn: number | null;
  readonly recordsOut: number | null;
  readonly lag: string;
  readonly live: boolean;
  readonly attempt: number | null;
  readonly host: string | null;
  readonly state: string;
}

const SubtaskRow = memo(function SubtaskRow(props: SubtaskRowProps) {
  const { subtask, busy, external, backpressured, recordsIn, recordsOut, lag, live } = props;
  const { attempt, host, state } = props;
  return (
    <tr title={host === null ? undefined : `attempt ${attempt} on ${host}`}>
      <th scope="row">{subtask}</th>
      <td className="num">{busy}</td>
      {external !== null && <td className="num">{external}</td>}
      <td className="num">{backpressured}</td>
      <td className="num" title={exact(recordsIn)}>
        {figureText(countFigure(recordsIn))}
      </td>
      <td className="num" title={exact(recordsOut)}>
        {figureText(countFigure(recordsOut))}
      </td>
      <td className="num">{lag}</td>
      {live && (
        <td className="second">
          {state}
          {attempt !== null && attempt > 0 && <small> #{attempt}</small>}
        </td>
      )}
    </tr>
  );
});

interface Placed {
  readonly endpoint?: string | undefined;
  readonly 'taskmanager-id'?: string | undefined;
}

function hostOf(info: Placed | undefined): string | null {
  return info?.endpoint ?? info?.['taskmanager-id'] ?? null;
}

function placeSentence(hosts: readonly (string | null)[]): string | null {
  const places = [...new Set(hosts)].filter((host) => host !== null);
  if (places.length === 0) return null;
  return `Run by ${places.length === 1 ? places[0] : `${places.length} task managers`}.`;
}
