/** Starting one more job: the same ways as on the empty console, over the page. */
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { Dialog } from '../../components/dialog.tsx';
import { NoJobs } from './no-jobs.tsx';

export function NewJob() {
  const [open, setOpen] = useState(false);
  const close = () => setOpen(false);
  return (
    <>
      <button type="button" className="btn primary new-job" onClick={() => setOpen(true)}>
        <Plus aria-hidden="true" />
        New job
      </button>
      {open && (
        <Dialog
          title="Start a job"
          close={close}
          submit={close}
          footer={
            <button type="submit" className="btn">
              Not now
            </button>
          }
        >
          <NoJobs />
        </Dialog>
      )}
    </>
  );
}
