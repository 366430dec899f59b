/** Asks how to stop: to resume later, or drained to the end of event time. */
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Dialog } from '../../../components/dialog.tsx';
import { useJob } from '../../../live/use-live.ts';
import { countFigure, figureText } from '../../../model/figures.ts';
import { triggerStop } from '../../../rest/job-triggers.ts';
import { followAction } from './follow-action.ts';
import { SavepointForm, type SavepointFormat } from './savepoint-form.tsx';

export interface StopDialogProps {
  readonly jobId: string;
  readonly name: string;
  readonly close: () => void;
}

export function StopDialog({ jobId, name, close }: StopDialogProps) {
  const queries = useQueryClient();
  const [directory, setDirectory] = useState('');
  const [format, setFormat] = useState<SavepointFormat>('CANONICAL');
  const [drain, setDrain] = useState(false);
  const supply = useJob(({ latest }) => latest?.recordsIn ?? null);
  const submit = () => {
    close();
    const words = {
      title: `Stopping ${name}`,
      begins: 'The sources end; waiting for every subtask to acknowledge.',
      done: `${name} is stopped, savepoint written`,
      failed: `${name} was not stopped`,
      still: 'Nothing is lost.',
    };
    const request = { directory, format, drain };
    void followAction(queries, jobId, words, () => triggerStop(jobId, request));
  };
  return (
    <Dialog
      title={`Stop ${name} with a savepoint`}
      close={close}
      submit={submit}
      footer={
        <>
          <button type="button" className="btn" onClick={close}>
            Keep running
          </button>
          <button type="submit" className="btn primary">
            Stop with savepoint
          </button>
        </>
      }
    >
      <fieldset className="choices" aria-label="How to stop">
        <Choice
          checked={!drain}
          select={() => setDrain(false)}
          label="To resume later"
          note="Windows stay open and are in the savepoint."
        />
        <Choice
          checked={drain}
          select={() => setDrain(true)}
          label="Drain"
          note="Fires all windows and ends event time."
        />
      </fieldset>
      <SavepointForm {...{ directory, setDirectory, format, setFormat }} />
      <dl className="consequences">
        <dt>Not read meanwhile</dt>
        <dd>{figureText(countFigure(supply, 'rec/s'))} at the sources</dd>
        <dt>Afterwards</dt>
        <dd>{drain ? 'event time is over; do not resume from it' : 'resume from the savepoint'}</dd>
      </dl>
    </Dialog>
  );
}

interface ChoiceProps {
  readonly checked: boolean;
  readonly select: () => void;
  readonly label: string;
  readonly note: string;
}

function Choice({ checked, select, label, note }: ChoiceProps) {
  return (
    <label className="choice">
      <input type="radio" name="how" checked={checked} onChange={select} />
      <span>
        <b>{label}</b>
        <small>{note}</small>
      </span>
    </label>
  );
}
