/** One checkpoint: why it took as long as it did, operator by operator, subtask by subtask. */
import type { Checkpoint } from '@weir/flink-rest';
import { useQueries, useQuery } from '@tanstack/react-query';
import { CopyButton } from '../../../components/copy-button.tsx';
import { Notice } from '../../../components/notice.tsx';
import { StateWord } from '../../../components/state-word.tsx';
import { useJob, useJobStore } from '../../../live/use-live.ts';
import { slowestFirst, subtaskRow } from '../../../model/checkpoint-phases.ts';
import { checkpointReading, type OperatorRow } from '../../../model/checkpoint-reading.ts';
import { clockTime, utcTime } from '../../../model/clock-time.ts';
import { bytesFigure, durationFigure, figureText } from '../../../model/figures.ts';
import { vertexTitle } from '../../../model/vertex-title.ts';
import { checkpointDetailsQuery, checkpointSubtasksQuery } from '../../../rest/job-queries.ts';
import { CheckpointGantt } from './checkpoint-gantt.tsx';

export interface CheckpointDetailProps {
  readonly item: Checkpoint;
  readonly usual: number | null;
  readonly follow: boolean;
  readonly pick: (id: number | null) => void;
}

export function CheckpointDetail({ item, usual, follow, pick }: CheckpointDetailProps) {
  const { rows, error, retry } = useOperatorRows(item);
  const reading = checkpointReading(item, rows, usual);
  return (
    <section aria-label={`Checkpoint #${item.id}`}>
      <div className="checkpoint-head">
        <div className="section-head">
          <h2>
            {item.is_savepoint ? 'Savepoint' : 'Checkpoint'} #{item.id}
          </h2>
          <StateWord state={item.status} />
          <span className="small second" title={utcTime(item.trigger_timestamp)}>
            {facts(item)}
          </span>
          <span className="right">
            <span className="segments sm">
              <button type="button" aria-pressed={follow} onClick={() => pick(null)}>
                Follow newest
              </button>
              <button type="button" aria-pressed={!follow} onClick={() => pick(item.id)}>
                Pin
              </button>
            </span>
          </span>
        </div>
        <div className="reading-row">
          {reading !== null && (
            <p className="reading">
              <b>{reading.lead}</b> {reading.rest}
            </p>
          )}
          {item.external_path != null && (
            <span className="path" title={item.external_path}>
              <code>{item.external_path}</code>
              <CopyButton text={item.external_path} label="Copy the path" />
            </span>
          )}
        </div>
      </div>
      {error !== null ? (
        <Notice title="The checkpoint's details could not be read." retry={retry}>
          {error} The checkpoint itself is not touched by this.
        </Notice>
      ) : (
        <CheckpointGantt rows={rows} />
      )}
    </section>
  );
}

function facts(item: Checkpoint): string {
  const parts = [`triggered ${clockTime(item.trigger_timestamp)}`];
  if (item.status !== 'IN_PROGRESS') {
    parts.push(figureText(durationFigure(item.end_to_end_duration)));
  }
  if (item.status === 'COMPLETED') {
    parts.push(figureText(bytesFigure(item.state_size)));
    parts.push(`${figureText(bytesFigure(item.checkpointed_size))} written`);
  }
  parts.push(`${item.num_acknowledged_subtasks} of ${item.num_subtasks} acknowledged`);
  return parts.join(' · ');
}

/** Details and subtasks of every operator, slowest first. */
function useOperatorRows(item: Checkpoint) {
  const { jobId } = useJobStore();
  const topology = useJob((store) => store.topology);
  const running = item.status === 'IN_PROGRESS';
  const details = useQuery(checkpointDetailsQuery(jobId, item.id, running));
  const tasks = Object.entries(details.data?.tasks ?? {});
  const subtasks = useQueries({
    queries: tasks.map(([vertexId]) => checkpointSubtasksQuery(jobId, item.id, vertexId, running)),
  });
  const rows = tasks.map(([vertexId, task], at): OperatorRow => {
    const vertex = topology?.vertices.find(({ id }) => id === vertexId);
    const known = subtasks[at]?.data?.subtasks ?? [];
    return {
      vertexId,
      title: vertex === undefined ? vertexId.slice(0, 8) : vertexTitle(vertex),
      parallelism: task.num_subtasks,
      endToEndMs: task.num_acknowledged_subtasks === 0 ? null : task.end_to_end_duration,
      stateBytes: task.state_size,
      writtenBytes: task.checkpointed_size,
      acknowledged: task.num_acknowledged_subtasks,
      subtasks: task.num_subtasks,
      rows: slowestFirst(known.map(subtaskRow)),
    };
  });
  rows.sort((a, b) => (b.endToEndMs ?? 0) - (a.endToEndMs ?? 0));
  const failed = details.error ?? subtasks.find(({ error }) => error !== null)?.error ?? null;
  return {
    rows,
    error: details.data === undefined ? (failed?.message ?? null) : null,
    retry: () => void details.refetch(),
  };
}
