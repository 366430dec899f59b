/** Asks before a savepoint is deleted for good, and says what goes with it. */
import type { SavepointEntry } from '@weir/console-protocol';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Dialog } from '../../components/dialog.tsx';
import { Notice } from '../../components/notice.tsx';
import { showToast } from '../../frame/toast-list.ts';
import { useNow } from '../../components/use-now.ts';
import { dayAndTime } from '../../model/time/clock-time.ts';
import { bytesFigure, figureText } from '../../model/figures/figures.ts';
import { disposeSavepoint } from '../../rest/savepoints.ts';

export function DisposeDialog({ entry, close }: { entry: SavepointEntry; close: () => void }) {
  const { path, jobName, checkpointId, bytes, completedAt } = entry;
  const queries = useQueryClient();
  const now = useNow();
  const [working, setWorking] = useState(false);
  const [refused, setRefused] = useState<string | null>(null);
  const submit = async () => {
    if (working) return;
    setWorking(true);
    setRefused(null);
    const reason = await disposeSavepoint(path).catch((error: unknown) =>
      error instanceof Error ? error.message : String(error),
    );
    await queries.invalidateQueries({ queryKey: ['savepoints'] });
    if (reason !== null) {
      setRefused(reason);
      setWorking(false);
      return;
    }
    const change = showToast('Savepoint disposed of', '');
    change({ tone: 'done', text: `#${checkpointId} of ${jobName} is gone.` });
    close();
  };
  return (
    <Dialog
      title={`Dispose of savepoint #${checkpointId} of ${jobName}?`}
      close={close}
      submit={() => void submit()}
      footer={
        <>
          <button type="button" className="btn" onClick={close}>
            Keep it
          </button>
          <button type="submit" className="btn destroy" disabled={working}>
            {working ? 'Disposing' : 'Dispose of it'}
          </button>
        </>
      }
    >
      <p>Its files are deleted for good; no job can start from it any more.</p>
      <dl className="consequences" aria-label="What will happen">
        <dt>Path</dt>
        <dd className="mono">{path}</dd>
        <dt>Taken</dt>
        <dd>{dayAndTime(completedAt, now)}</dd>
        <dt>Frees</dt>
        <dd>{figureText(bytesFigure(bytes))}</dd>
        <dt>Checkpoints</dt>
        <dd>of the job are not touched</dd>
      </dl>
      {refused !== null && (
        <Notice title="The savepoint was not disposed of.">{refused} It is still there.</Notice>
      )}
    </Dialog>
  );
}
