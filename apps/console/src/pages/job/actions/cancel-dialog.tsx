/** Cancel without savepoint asks twice: the dialog, and the job's name in it. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Dialog } from '../../../components/dialog.tsx';
import { Notice } from '../../../components/notice.tsx';
import { useNow } from '../../../components/use-now.ts';
import { ageFigure, figureText } from '../../../model/figures/figures.ts';
import { cancelWord } from '../../../model/operate/job-actions.ts';
import { checkpointConfigQuery, checkpointsQuery } from '../../../rest/job-queries.ts';
import { cancelJob } from '../../../rest/job-triggers.ts';
import { followCancel } from './follow-cancel.ts';

export interface CancelDialogProps {
  readonly jobId: string;
  readonly name: string;
  readonly close: () => void;
  readonly stop: () => void;
  readonly state: string;
}

export function CancelDialog({ jobId, name, close, stop, state }: CancelDialogProps) {
  const suspended = state === 'SUSPENDED';
  const queries = useQueryClient();
  const [typed, setTyped] = useState('');
  const word = cancelWord(name, jobId);
  const confirmed = typed.trim().replace(/\s+/g, ' ') === word;
  const [working, setWorking] = useState(false);
  const [refused, setRefused] = useState<string | null>(null);
  const submit = async () => {
    if (!confirmed || working) return;
    setWorking(true);
    setRefused(null);
    try {
      await cancelJob(jobId);
      close();
      void followCancel(queries, jobId, name);
    } catch (error) {
      setRefused(error instanceof Error ? error.message : String(error));
      setWorking(false);
    } finally {
      void queries.invalidateQueries({ queryKey: ['job', jobId] });
    }
  };
  return (
    <Dialog
      title={`Cancel ${name} without a savepoint?`}
      close={close}
      submit={() => void submit()}
      footer={
        <>
          <button type="button" className="btn" onClick={close}>
            {suspended ? 'Keep it' : 'Keep running'}
          </button>
          <button type="button" className="btn" disabled={state !== 'RUNNING'} onClick={stop}>
            Stop with savepoint
          </button>
          <button
            type="submit"
            className="btn destroy"
            disabled={!confirmed || working}
            title={confirmed ? undefined : `Type ${word} first`}
          >
            Cancel job
          </button>
        </>
      }
    >
      <WhatIsLost jobId={jobId} suspended={suspended} />
      <label className="form-row stacked">
        <span>
          {word === jobId.slice(0, 8)
            ? `Type ${word}, with which its id begins, to confirm`
            : "Type the job's name to confirm"}
        </span>
        <span className="field">
          <input
            value={typed}
            placeholder={word}
            autoComplete="off"
            onChange={(event) => setTyped(event.target.value)}
          />
        </span>
      </label>
      {refused !== null && (
        <Notice title="The job was not canceled.">{refused} Nothing was changed.</Notice>
      )}
    </Dialog>
  );
}

function WhatIsLost({ jobId, suspended }: { jobId: string; suspended: boolean }) {
  const now = useNow();
  const { data } = useQuery(checkpointsQuery(jobId));
  const { data: config } = useQuery(checkpointConfigQuery(jobId));
  const last = data?.latest.completed ?? null;
  if (last === null) {
    return <p>No checkpoint is completed: the next start begins from nothing.</p>;
  }
  const kept = config?.externalization.delete_on_cancellation === false;
  if (suspended) {
    return kept ? (
      <p>Its checkpoints are kept.</p>
    ) : (
      <p>
        Its checkpoints, #{last.id} among them, are deleted with it. First start it anew from one
        (Restart from…), and wait until the new job has completed a checkpoint of its own.
      </p>
    );
  }
  const age = ageFigure(now - last.latest_ack_timestamp);
  return (
    <p>
      What was processed since checkpoint #{last.id}, {figureText(age)} ago, will be read again on
      the next start. #{last.id} is{' '}
      {kept ? 'kept.' : 'deleted with the job: take a savepoint to go on from.'}
    </p>
  );
}
