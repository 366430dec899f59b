/** Asks how to stop: to resume later, or drained to the end of event time. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Dialog } from '../../../components/dialog.tsx';
import { useJob } from '../../../live/use-live.ts';
import { countFigure, durationFigure, figureText } from '../../../model/figures/figures.ts';
import { checkpointsQuery } from '../../../rest/job-queries.ts';
import { triggerStop } from '../../../rest/job-triggers.ts';
import { followAction } from './follow-action.ts';
import { useActionSteps } from './use-action-steps.ts';
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
  const steps = useActionSteps(jobId);
  const submit = () => {
    close();
    const words = {
      title: `Stopping ${name}`,
      begins: 'The sources end; waiting for every subtask to acknowledge.',
      done: `${name} is stopped, savepoint written`,
      failed: `${name} was not stopped`,
      still: 'Nothing is lost.',
      ...steps,
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
        <StopsAfter jobId={jobId} />
        <dt>Not read meanwhile</dt>
        <dd>{figureText(countFigure(supply, 'rec/s'))} at the sources</dd>
        <dt>Afterwards</dt>
        <dd>{drain ? 'event time is over; do not resume from it' : 'resume from the savepoint'}</dd>
      </dl>
    </Dialog>
  );
}

/** As long as the last checkpoint took, and what it sets free. */
function StopsAfter({ jobId }: { jobId: string }) {
  const { data } = useQuery(checkpointsQuery(jobId));
  const last = data?.latest.completed ?? null;
  const { subtasks, slots } = useJob(({ topology }) => {
    const groups = new Map<string, number>();
    for (const { slotSharingGroup, parallelism } of topology?.vertices ?? []) {
      groups.set(slotSharingGroup, Math.max(groups.get(slotSharingGroup) ?? 0, parallelism));
    }
    return {
      subtasks: (topology?.vertices ?? []).reduce((sum, one) => sum + one.parallelism, 0),
      slots: [...groups.values()].reduce((sum, one) => sum + one, 0),
    };
  });
  const tasks = subtasks === 1 ? '1 subtask' : `${subtasks} subtasks`;
  const took =
    last === null ? '' : `after about ${figureText(durationFigure(last.end_to_end_duration))}, `;
  return (
    <>
      <dt>Stops</dt>
      <dd>
        {took}
        {tasks}
      </dd>
      <dt>Frees</dt>
      <dd>{slots === 1 ? '1 slot' : `${slots} slots`}</dd>
    </>
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
