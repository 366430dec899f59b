/** What can be done with the job: savepoint, stop, restart, rescale, cancel. */
import type { Checkpoint } from '@weir/flink-rest';
import { useQuery } from '@tanstack/react-query';
import { Bookmark, RotateCcw, Scaling, Square } from 'lucide-react';
import { type CSSProperties, type ReactNode, useEffect, useSyncExternalStore } from 'react';
import { useMedia } from '../../../components/use-media.ts';
import { possibleActions } from '../../../model/operate/job-actions.ts';
import { isTerminal } from '../../../model/jobs/job-state.ts';
import { checkpointsQuery } from '../../../rest/job-queries.ts';
import { CancelDialog } from './cancel-dialog.tsx';
import { MoreActions } from './more-actions.tsx';
import { type JobAction, openAction, setAction, subscribeAction } from './open-action.ts';
import { RerunDialog } from './rerun-dialog.tsx';
import { SavepointDialog } from './savepoint-dialog.tsx';
import { StopDialog } from './stop-dialog.tsx';

/** Of a window in which not all actions fit beside the job's name. */
const NARROW = '(max-width: 1180px)';

export interface JobActionsProps {
  readonly jobId: string;
  readonly name: string;
  readonly state: string;
}

export function JobActions({ jobId, name, state }: JobActionsProps) {
  const { snapshot, cancel, rerun, why } = possibleActions(state);
  const open = (action: JobAction) => setAction({ jobId, action });
  const over = isTerminal(state);
  const narrow = useMedia(NARROW);
  const others = (
    <>
      {!over && <StopButton jobId={jobId} possible={snapshot} why={why} />}
      <Action possible={rerun} why={why} open={() => open('restart')}>
        <RotateCcw aria-hidden="true" />
        Restart from…
      </Action>
    </>
  );
  return (
    <div className="job-actions">
      {!over && <SavepointButton jobId={jobId} possible={snapshot} why={why} />}
      {!narrow && others}
      <Action possible={rerun} why={why} open={() => open('rescale')}>
        <Scaling aria-hidden="true" />
        Rescale
      </Action>
      {!over && (
        <button
          type="button"
          className="btn danger"
          disabled={!cancel}
          onClick={() => open('cancel')}
        >
          Cancel
        </button>
      )}
      {narrow && <MoreActions>{others}</MoreActions>}
      <OpenDialog jobId={jobId} name={name} state={state} />
    </div>
  );
}

function OpenDialog({ jobId, name, state }: JobActionsProps) {
  const open = useSyncExternalStore(subscribeAction, openAction);
  // A dialog belongs to the page it was opened on.
  useEffect(() => () => setAction(null), []);
  if (open === null || open.jobId !== jobId) return null;
  const props = { jobId, name, close: () => setAction(null) };
  switch (open.action) {
    case 'savepoint':
      return <SavepointDialog {...props} />;
    case 'stop':
      return <StopDialog {...props} />;
    case 'cancel': {
      const stop = () => setAction({ jobId, action: 'stop' });
      return <CancelDialog {...props} stop={stop} state={state} />;
    }
    default:
      return (
        <RerunDialog
          {...props}
          state={state}
          rescale={open.action === 'rescale'}
          back={open.back ?? null}
          from={open.from ?? null}
        />
      );
  }
}

interface ActionProps {
  readonly possible: boolean;
  readonly why: string | undefined;
  readonly open: () => void;
  readonly children: ReactNode;
}

function Action({ possible, why, open, children }: ActionProps) {
  return (
    <button
      type="button"
      className="btn"
      disabled={!possible}
      title={possible ? undefined : why}
      onClick={open}
    >
      {children}
    </button>
  );
}

interface ProgressProps {
  readonly jobId: string;
  readonly possible: boolean;
  readonly why: string | undefined;
}

/** Carries the progress of a savepoint that is being taken. */
function SavepointButton({ jobId, possible, why }: ProgressProps) {
  const { done, all, style } = useProgress(jobId, 'SAVEPOINT');
  return (
    <button
      type="button"
      className={all === 0 ? 'btn' : 'btn working'}
      style={style}
      disabled={!possible}
      title={why}
      onClick={() => setAction({ jobId, action: 'savepoint' })}
    >
      <Bookmark aria-hidden="true" />
      {all === 0 ? 'Savepoint' : `Savepoint ${done} of ${all}`}
    </button>
  );
}

function StopButton({ jobId, possible, why }: ProgressProps) {
  const { done, all, style } = useProgress(jobId, 'SYNC_SAVEPOINT');
  return (
    <button
      type="button"
      className={all === 0 ? 'btn' : 'btn working'}
      style={style}
      disabled={!possible || all > 0}
      title={all === 0 ? why : 'It stops as soon as all have acknowledged'}
      onClick={() => setAction({ jobId, action: 'stop' })}
    >
      <Square aria-hidden="true" />
      {all === 0 ? 'Stop with savepoint' : `Stopping ${done} of ${all}`}
    </button>
  );
}

/** Of a savepoint in progress; none is 0 of 0. */
function useProgress(jobId: string, type: Checkpoint['checkpoint_type']) {
  const { data } = useQuery(checkpointsQuery(jobId));
  const running = data?.history.find(
    ({ status, checkpoint_type }) => status === 'IN_PROGRESS' && checkpoint_type === type,
  );
  const done = running?.num_acknowledged_subtasks ?? 0;
  const all = running?.num_subtasks ?? 0;
  return { done, all, style: { '--progress': all === 0 ? 0 : done / all } as CSSProperties };
}
