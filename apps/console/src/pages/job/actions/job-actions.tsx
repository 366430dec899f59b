/** What can be done with the job: savepoint, stop with savepoint, cancel. */
import { useQuery } from '@tanstack/react-query';
import { Bookmark, Square } from 'lucide-react';
import { type CSSProperties, useState } from 'react';
import { isTerminal } from '../../../model/job-state.ts';
import { checkpointsQuery } from '../../../rest/job-queries.ts';
import { CancelDialog } from './cancel-dialog.tsx';
import { SavepointDialog } from './savepoint-dialog.tsx';
import { StopDialog } from './stop-dialog.tsx';

export interface JobActionsProps {
  readonly jobId: string;
  readonly name: string;
  readonly state: string;
}

type Open = 'savepoint' | 'stop' | 'cancel' | null;

export function JobActions(props: JobActionsProps) {
  const { jobId, state } = props;
  const [open, setOpen] = useState<Open>(null);
  const { data } = useQuery(checkpointsQuery(jobId));
  const running = data?.history.find(
    ({ status, is_savepoint }) => status === 'IN_PROGRESS' && is_savepoint,
  );
  if (isTerminal(state)) return null;
  const close = () => setOpen(null);
  const runs = state === 'RUNNING';
  const why = runs ? undefined : `Not while the job is ${state}`;
  const done = running?.num_acknowledged_subtasks ?? 0;
  const all = running?.num_subtasks ?? 1;
  const progress = { '--progress': done / all } as CSSProperties;
  return (
    <div className="job-actions">
      <button
        type="button"
        className={running === undefined ? 'btn' : 'btn working'}
        style={progress}
        disabled={!runs}
        title={why}
        onClick={() => setOpen('savepoint')}
      >
        <Bookmark aria-hidden="true" />
        {running === undefined ? 'Savepoint' : `Savepoint ${done} of ${all}`}
      </button>
      <button
        type="button"
        className="btn"
        disabled={!runs}
        title={why}
        onClick={() => setOpen('stop')}
      >
        <Square aria-hidden="true" />
        Stop with savepoint
      </button>
      <button
        type="button"
        className="btn danger"
        disabled={state === 'CANCELLING'}
        onClick={() => setOpen('cancel')}
      >
        Cancel
      </button>
      {open === 'savepoint' && <SavepointDialog {...props} close={close} />}
      {open === 'stop' && <StopDialog {...props} close={close} />}
      {open === 'cancel' && (
        <CancelDialog {...props} close={close} stop={() => setOpen('stop')} canStop={runs} />
      )}
    </div>
  );
}
