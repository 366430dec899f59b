/** The subtasks of a vertex, busiest first: rates, watermark, where they run. */
import { useQuery } from '@tanstack/react-query';
import { FigureText } from '../../../components/figure-text.tsx';
import { Notice } from '../../../components/notice.tsx';
import { useJob, useJobStore } from '../../../live/use-live.ts';
import { countFigure, durationFigure, exact, percentFigure } from '../../../model/figures.ts';
import { subtaskMetricIds, subtaskValues } from '../../../model/subtask-metrics.ts';
import type { Vertex } from '../../../model/vertex-kind.ts';
import { vertexMetricsQuery, vertexQuery } from '../../../rest/job-queries.ts';

export function SubtasksTable({ vertex }: { vertex: Vertex }) {
  const { jobId } = useJobStore();
  const details = useQuery(vertexQuery(jobId, vertex.id));
  const ids = subtaskMetricIds(vertex.parallelism);
  const metrics = useQuery(vertexMetricsQuery(jobId, vertex.id, ids));
  const newest = useJob(({ latest }) =>
    latest?.watermark == null || latest.watermarkLag === null
      ? null
      : latest.watermark + latest.watermarkLag,
  );
  if (details.isError && details.data === undefined) {
    return (
      <Notice title="The subtasks could not be read." retry={() => void details.refetch()}>
        {details.error.message} The job itself is not touched by this.
      </Notice>
    );
  }
  const value = subtaskValues(metrics.data ?? []);
  const rows = (details.data?.subtasks ?? [])
    .map((info) => ({ info, busy: value(info.subtask, 'busy') }))
    .sort((a, b) => (b.busy ?? -1) - (a.busy ?? -1) || a.info.subtask - b.info.subtask);
  return (
    <section className="inspector-part table" aria-label="Subtasks">
      <table className="dense">
        <caption className="hidden-text">Subtasks, busiest first</caption>
        <thead>
          <tr>
            <th scope="col">#</th>
            <th scope="col" className="num">
              Busy
            </th>
            <th scope="col" className="num">
              Bp
            </th>
            <th scope="col" className="num">
              In/s
            </th>
            <th scope="col" className="num">
              Out/s
            </th>
            <th scope="col" className="num">
              WM lag
            </th>
            <th scope="col">State</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ info, busy }) => {
            const { subtask, status, attempt, endpoint } = info;
            const watermark = value(subtask, 'watermark');
            const lag =
              newest === null || watermark === null ? null : Math.max(0, newest - watermark);
            const recordsIn = value(subtask, 'recordsIn');
            const recordsOut = value(subtask, 'recordsOut');
            const bp = value(subtask, 'backpressured');
            const where = `attempt ${attempt} on ${endpoint ?? info['taskmanager-id']}`;
            return (
              <tr key={subtask} title={where}>
                <th scope="row">{subtask}</th>
                <td className="num">
                  <FigureText figure={percentFigure(busy === null ? null : busy / 1000)} />
                </td>
                <td className="num">
                  <FigureText figure={percentFigure(bp === null ? null : bp / 1000)} />
                </td>
                <td className="num">
                  <FigureText figure={countFigure(recordsIn)} title={exact(recordsIn)} />
                </td>
                <td className="num">
                  <FigureText figure={countFigure(recordsOut)} title={exact(recordsOut)} />
                </td>
                <td className="num">
                  <FigureText figure={durationFigure(lag)} />
                </td>
                <td className="second">{status.toLowerCase()}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}
