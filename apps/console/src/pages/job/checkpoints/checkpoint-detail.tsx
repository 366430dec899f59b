/** One checkpoint: why it took as long as it did, operator by operator, subtask by subtask. */
import type { Checkpoint } from '@weir/flink-rest';
import { useQueries } from '@tanstack/react-query';
import { useMemo } from 'react';
import { CopyButton } from '../../../components/copy-button.tsx';
import { Notice } from '../../../components/notice.tsx';
import { StateWord } from '../../../components/state-word.tsx';
import { useJob, useJobStore } from '../../../live/use-live.ts';
import { baselineBefore } from '../../../model/checkpoints/checkpoint-baseline.ts';
import {
  checkpointReading,
  type Culprit,
  culpritOf,
  type Observed,
  type SilentSubtask,
  silentSubtasks,
} from '../../../model/checkpoints/checkpoint-reading.ts';
import {
  type CheckpointRecord,
  endOf,
  type OperatorRow,
} from '../../../model/checkpoints/checkpoint-record.ts';
import { clockTime, utcTime } from '../../../model/time/clock-time.ts';
import { bytesFigure, durationFigure, figureText } from '../../../model/figures/figures.ts';
import { activityBetween } from '../../../model/graph/subtask-activity.ts';
import { callSiteOf } from '../../../model/graph/vertex-kind.ts';
import { vertexTitle } from '../../../model/graph/vertex-title.ts';
import { subtaskActivityQuery } from '../../../rest/subtask-latest.ts';
import { CheckpointGantt } from './checkpoint-gantt.tsx';
import { useOperatorRows } from './use-operator-rows.ts';

export interface CheckpointDetailProps {
  readonly item: Checkpoint | CheckpointRecord;
  /** All that are shown, newest first: what is usual is read from them. */
  readonly records: readonly CheckpointRecord[];
  readonly follow: boolean;
  readonly pick: (id: number | null) => void;
  readonly open: readonly string[];
  readonly unfold: (vertexIds: readonly string[]) => void;
}

export function CheckpointDetail(props: CheckpointDetailProps) {
  const { item, records, follow, pick, open, unfold } = props;
  const { rows, error, retry } = useOperatorRows(item);
  const reading = useReading(item, rows, records);
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
            {item.external_path != null && (
              <span className="path" title={item.external_path}>
                <code>{item.external_path}</code>
                <CopyButton text={item.external_path} label="Copy the path" />
              </span>
            )}
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
        {reading !== null && (
          <p className="reading">
            <b>{reading.lead}</b> {reading.rest}
          </p>
        )}
      </div>
      {error !== null ? (
        <Notice title="The checkpoint's details could not be read." retry={retry}>
          {error} The checkpoint itself is not touched by this.
        </Notice>
      ) : (
        <CheckpointGantt rows={rows} open={open} unfold={unfold} />
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
    if (item.discarded === true) parts.push('its files are deleted by now');
  }
  parts.push(`${item.num_acknowledged_subtasks} of ${item.num_subtasks} acknowledged`);
  return parts.join(' · ');
}

function useReading(
  item: Checkpoint | CheckpointRecord,
  rows: readonly OperatorRow[],
  records: readonly CheckpointRecord[],
) {
  const baseline = useMemo(() => baselineBefore(records, item), [records, item]);
  const { topology, limiting } = useJob((store) => {
    const t = item.trigger_timestamp;
    const span = store.verdicts.spans.find(({ from, to }) => from <= t && t <= (to ?? t));
    const vertex = store.topology?.vertices.find(({ id }) => id === span?.vertexId);
    return {
      topology: store.topology,
      limiting: vertex === undefined ? null : vertexTitle(vertex),
    };
  }, item.trigger_timestamp);
  const silent = item.status === 'FAILED' ? silentSubtasks(rows) : NO_SUBTASKS;
  const culprit = useCulprit(silent, item);
  return checkpointReading(item, rows, { topology, baseline, limiting, culprit });
}

const NO_SUBTASKS: readonly SilentSubtask[] = [];
/** Of so many operators it is looked up what they did. */
const OPERATORS_MAX = 8;

/** Who of those that never acknowledged kept the barrier, by what they did until it failed. */
function useCulprit(
  silent: readonly SilentSubtask[],
  item: Checkpoint | CheckpointRecord,
): Culprit | null {
  const { jobId } = useJobStore();
  const topology = useJob((store) => store.topology);
  const from = item.trigger_timestamp;
  const until = 'subtasks' in item ? endOf(item) : from + Math.max(0, item.end_to_end_duration);
  const vertexIds = [...new Set(silent.map(({ vertexId }) => vertexId))].slice(0, OPERATORS_MAX);
  const answers = useQueries({
    queries: vertexIds.map((vertexId) => subtaskActivityQuery(jobId, vertexId, until)),
  });
  // Of only some of them, the wrong one would be blamed.
  if (answers.some(({ isPending }) => isPending)) return null;
  const observed = silent.flatMap((subtask): Observed[] => {
    const figures = answers[vertexIds.indexOf(subtask.vertexId)]?.data;
    if (figures === undefined) return [];
    const vertex = topology?.vertices.find(({ id }) => id === subtask.vertexId);
    const activity = activityBetween(figures, subtask.subtask, from, until);
    return [{ subtask, activity, site: vertex === undefined ? null : callSiteOf(vertex) }];
  });
  return culpritOf(observed);
}
