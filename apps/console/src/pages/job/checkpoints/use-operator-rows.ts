/** Operators and subtasks of one checkpoint, slowest first, from its record or from Flink's details. */
import type { Checkpoint } from '@weir/flink-rest';
import { useQueries, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useJob, useJobStore } from '../../../live/use-live.ts';
import {
  type CheckpointRecord,
  operatorRows,
} from '../../../model/checkpoints/checkpoint-record.ts';
import { checkpointDetailsQuery, checkpointSubtasksQuery } from '../../../rest/job-queries.ts';

export function useOperatorRows(item: Checkpoint | CheckpointRecord) {
  const { jobId } = useJobStore();
  const topology = useJob((store) => store.topology);
  const known = 'subtasks' in item && item.subtasks !== undefined;
  const running = item.status === 'IN_PROGRESS';
  const details = useQuery({
    ...checkpointDetailsQuery(jobId, item.id, running),
    enabled: !known,
  });
  const vertexIds = known ? [] : Object.keys(details.data?.tasks ?? {});
  const read = useQueries({
    queries: vertexIds.map((vertexId) =>
      checkpointSubtasksQuery(jobId, item.id, vertexId, running),
    ),
    combine: (answers) => ({
      subtasks: Object.fromEntries(
        answers.flatMap(({ data }, at) => (data === undefined ? [] : [[vertexIds[at]!, data]])),
      ),
      error: answers.find(({ error }) => error !== null)?.error ?? null,
    }),
  });
  const rows = useMemo(
    () => operatorRows(known ? item : { ...item, subtasks: read.subtasks }, topology),
    [known, item, read.subtasks, topology],
  );
  const failed = known || rows.length > 0 ? null : (details.error ?? read.error);
  return { rows, error: failed?.message ?? null, retry: () => void details.refetch() };
}
