/** Checkpoints: the last sixty, how long and how large, and one of them in detail. */
import '../../../styles/checkpoints.css';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Notice } from '../../../components/notice.tsx';
import { Skeleton } from '../../../components/skeleton.tsx';
import { useJobStore } from '../../../live/use-live.ts';
import { usualDuration } from '../../../model/checkpoint-history.ts';
import { checkpointsQuery } from '../../../rest/job-queries.ts';
import { CheckpointCharts } from './checkpoint-charts.tsx';
import { CheckpointDetail } from './checkpoint-detail.tsx';
import { CheckpointSide } from './checkpoint-side.tsx';
import { CheckpointStrip } from './checkpoint-strip.tsx';

export function CheckpointsTab() {
  const { jobId } = useJobStore();
  const { data, error, refetch } = useQuery(checkpointsQuery(jobId));
  const { checkpoint } = useSearch({ from: '/c/embedded/jobs/$jobId/checkpoints' });
  const navigate = useNavigate({ from: '/c/embedded/jobs/$jobId/checkpoints' });
  if (data === undefined) {
    if (error === null) return <Skeleton lines={6} />;
    return (
      <Notice title="The checkpoint history could not be read." retry={() => void refetch()}>
        {error.message} The job runs on and goes on writing checkpoints.
      </Notice>
    );
  }
  const { history } = data;
  const newest = history.find(({ status }) => status !== 'IN_PROGRESS') ?? history[0];
  const chosen = history.find(({ id }) => id === checkpoint) ?? newest;
  const follow = chosen === newest && checkpoint === undefined;
  const pick = (id: number | null) =>
    void navigate({ replace: true, search: id === null ? {} : { checkpoint: id } });
  return (
    <div className="checkpoints">
      <div>
        <CheckpointStrip data={data} chosen={chosen?.id ?? null} pick={pick} />
        {history.length > 0 && <CheckpointCharts history={history} />}
        {chosen === undefined ? (
          <p className="prose second">
            No checkpoint yet. The first one comes after the interval, or trigger one above.
          </p>
        ) : (
          <CheckpointDetail
            item={chosen}
            usual={usualDuration(history)}
            follow={follow}
            pick={pick}
          />
        )}
      </div>
      <CheckpointSide data={data} />
    </div>
  );
}
