/** Asks for a savepoint; the job runs on. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Dialog } from '../../../components/dialog.tsx';
import { bytesFigure, durationFigure, figureText } from '../../../model/figures/figures.ts';
import { checkpointsQuery } from '../../../rest/job-queries.ts';
import { triggerSavepoint } from '../../../rest/job-triggers.ts';
import { followAction } from './follow-action.ts';
import { useActionSteps } from './use-action-steps.ts';
import { SavepointForm, type SavepointFormat } from './savepoint-form.tsx';

export interface SavepointDialogProps {
  readonly jobId: string;
  readonly name: string;
  readonly close: () => void;
}

export function SavepointDialog({ jobId, name, close }: SavepointDialogProps) {
  const queries = useQueryClient();
  const [directory, setDirectory] = useState('');
  const [format, setFormat] = useState<SavepointFormat>('CANONICAL');
  const { data } = useQuery(checkpointsQuery(jobId));
  const last = data?.latest.completed ?? null;
  const steps = useActionSteps(jobId);
  const submit = () => {
    close();
    const words = {
      title: `Savepoint of ${name}`,
      begins: 'Asked for; waiting for the first acknowledgement.',
      done: 'Savepoint written',
      failed: 'The savepoint failed',
      still: 'The job runs on, nothing is lost.',
      ...steps,
    };
    void followAction(queries, jobId, words, () => triggerSavepoint(jobId, { directory, format }));
  };
  return (
    <Dialog
      title={`Savepoint of ${name}`}
      close={close}
      submit={submit}
      footer={
        <>
          <button type="button" className="btn" onClick={close}>
            Not now
          </button>
          <button type="submit" className="btn primary">
            Trigger savepoint
          </button>
        </>
      }
    >
      <SavepointForm {...{ directory, setDirectory, format, setFormat }} />
      <dl className="consequences">
        {last !== null && (
          <>
            <dt>Size</dt>
            <dd>about {figureText(bytesFigure(last.state_size))}</dd>
            <dt>Takes</dt>
            <dd>
              about {figureText(durationFigure(last.end_to_end_duration))}, as #{last.id} did
            </dd>
          </>
        )}
        <dt>Meanwhile</dt>
        <dd>the job runs on</dd>
      </dl>
    </Dialog>
  );
}
