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
} from '../../../model/figures.ts';
import { hotKeySentence, skewSentence } from '../../../model/subtask-skew.ts';
import type { Vertex } from '../../../model/vertex-kind.ts';
import { vertexQuery } from '../../../rest/job-queries.ts';
import { subtasksQuery } from '../../../rest/subtask-queries.ts';

const METRICS = [
  'busy',
  'backpressured',
  'recordsIn',
  'recordsOut',
  'watermarkLag',
] as const satisfies readonly SubtaskMetric[];
/** Of thousands of subtasks there is a column every ten seconds, once these are over. */
const SPAN_MS = 30_000;
/** A table longer than this is shown in part first. */
const ROWS_FIRST = 32;

const HEADS = ['Busy', 'Bp', 'In/s', 'Out/s', 'WM lag'];

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
  return (
    <section className="inspector-part table" aria-label="Subtasks">
      {skew !== null && (
        <p className="reading">
          {skew} {hotKey}
        </p>
      )}
      <table className="dense">
        <caption className="hidden-text">Subtasks, busiest first</caption>
        <thead>
          <tr>
            <th scope="col">#</th>
            {HEADS.map((head) => (
              <th key={head} scope="col" className="num">
                {head}
              </th>
            ))}
            {live && (
              <>
                <th scope="col" title="Attempt and slot">
                  Slot
                </th>
                <th scope="col">State</th>
              </>
            )}
          </tr>
        </thead>
        <tbody>
          {(all ? rows : rows.slice(0, ROWS_FIRST)).map(({ subtask }) => {
            const info = infos.get(subtask);
            const [busy, backpressured, recordsIn, recordsOut, lag] = METRICS.map((metric) =>
              value(subtask, metric),
            );
            return (
              <SubtaskRow
                key={subtask}
                subtask={subtask}
                busy={figureText(percentFigure(busy ?? null))}
                backpressured={figureText(percentFigure(backpressured ?? null))}
                recordsIn={recordsIn ?? null}
                recordsOut={recordsOut ?? null}
                lag={figureText(durationFigure(lag ?? null))}
                live={live}
                attempt={info?.attempt ?? null}
                host={info?.endpoint ?? info?.['taskmanager-id'] ?? null}
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
  const { subtask, busy, backpressured, recordsIn, recordsOut, lag, live } = props;
  const { attempt, host, state } = props;
  return (
    <tr title={host === null ? undefined : `attempt ${attempt} on ${host}`}>
      <th scope="row">{subtask}</th>
      <td className="num">{busy}</td>
      <td className="num">{backpressured}</td>
      <td className="num" title={exact(recordsIn)}>
        {figureText(countFigure(recordsIn))}
      </td>
      <td className="num" title={exact(recordsOut)}>
        {figureText(countFigure(recordsOut))}
      </td>
      <td className="num">{lag}</td>
      {live && (
        <>
          <td className="second">
            {host === null ? '—' : shortHost(host)}
            {attempt !== null && attempt > 0 && <small> #{attempt}</small>}
          </td>
          <td className="second">{state}</td>
        </>
      )}
    </tr>
  );
});

/** `localhost:slot-3` as `slot-3`: all of a job's subtasks are in one process. */
function shortHost(host: string): string {
  return host.split(':').at(-1) ?? host;
}
