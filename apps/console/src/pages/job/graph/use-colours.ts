/** The graph's colours by mode; checkpoint times come with the last checkpoint that completed. */
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useMoment } from '../../../frame/use-moment.ts';
import { useJobStore } from '../../../live/use-live.ts';
import type { ColourMode } from '../../../model/graph/colour-mode.ts';
import { checkpointDetailsQuery, checkpointsQuery } from '../../../rest/job-queries.ts';
import type { GraphColours } from './graph-colours.ts';

export function useColours(mode: ColourMode): GraphColours {
  const { jobId } = useJobStore();
  const moment = useMoment();
  const { data: all } = useQuery({ ...checkpointsQuery(jobId), enabled: mode === 'checkpoint' });
  const until =
    moment.kind === 'instant'
      ? moment.at
      : moment.kind === 'range'
        ? moment.to
        : Number.POSITIVE_INFINITY;
  const last = all?.history.find(
    ({ status, latest_ack_timestamp }) => status === 'COMPLETED' && latest_ack_timestamp <= until,
  );
  const { data: details } = useQuery({
    ...checkpointDetailsQuery(jobId, last?.id ?? 0, false),
    enabled: mode === 'checkpoint' && last !== undefined,
  });
  return useMemo(() => {
    const tasks = mode === 'checkpoint' && last !== undefined ? (details?.tasks ?? {}) : {};
    const checkpoints = new Map(
      Object.entries(tasks).map(([id, task]) => [id, task.end_to_end_duration] as const),
    );
    return { mode, checkpoints, key: `${mode} ${details?.id ?? ''} ${checkpoints.size}` };
  }, [mode, last, details]);
}
