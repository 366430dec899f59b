/** Checkpoints: the last sixty, how long and how large, and one of them in detail. */
import '../../../styles/checkpoints.css';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Notice } from '../../../components/notice.tsx';
import { Skeleton } from '../../../components/skeleton.tsx';
import { useJob, useJobStore } from '../../../live/use-live.ts';
import { isTerminal } from '../../../model/jobs/job-state.ts';
import { CheckpointCharts } from './checkpoint-charts.tsx';
import { CheckpointDetail } from './checkpoint-detail.tsx';
import { CheckpointSide } from './checkpoint-side.tsx';
import { CheckpointStrip } from './checkpoint-strip.tsx';
import { useCheckpoints } from './use-checkpoints.ts';

export function CheckpointsTab() {
  const { jobId } = useJobStore();
  const shown = useCheckpoints(jobId);
  const { checkpoint, open = '' } = useSearch({ from: '/c/embedded/jobs/$jobId/checkpoints' });
  const navigate = useNavigate({ from: '/c/embedded/jobs/$jobId/checkpoints' });
  if (shown.error !== null) {
    return (
      <Notice title="The checkpoint history could not be read." retry={shown.retry}>
        {shown.error} The job runs on and goes on writing checkpoints.
      </Notice>
    );
  }
  if (shown.loading) return <Skeleton lines={6} />;
  const { items, records } = shown;
  const newest = records[0] ?? items[0];
  const chosen = items.find(({ id }) => id === checkpoint) ?? newest;
  const follow = chosen === newest && checkpoint === undefined;
  const pick = (id: number | null) =>
    void navigate({
      replace: true,
      search: (now) => ({ ...now, checkpoint: id === null ? undefined : id }),
    });
  const unfold = (vertexIds: readonly string[]) =>
    void navigate({
      replace: true,
      search: (now) => ({ ...now, open: vertexIds.join() || undefined }),
    });
  return (
    <div className="checkpoints">
      <div>
        <CheckpointStrip shown={shown} chosen={chosen?.id ?? null} pick={pick} />
        {records.length > 0 && <CheckpointCharts history={records} />}
        {chosen === undefined ? (
          <NoCheckpoint live={shown.live} />
        ) : (
          <CheckpointDetail
            item={chosen}
            records={records}
            follow={follow}
            pick={pick}
            open={open === '' ? [] : open.split(',')}
            unfold={unfold}
          />
        )}
      </div>
      <CheckpointSide shown={shown} pick={pick} />
    </div>
  );
}

function NoCheckpoint({ live }: { live: boolean }) {
  const over = useJob(({ latest }) => latest !== null && isTerminal(latest.state));
  const why = over
    ? 'The job ended without a checkpoint.'
    : live
      ? 'No checkpoint yet. The first one comes after the interval, or trigger one above.'
      : 'No checkpoint had ended by then.';
  return <p className="prose second">{why}</p>;
}
