/** Shows a cancel that was accepted as a toast, until the job's tasks have ended. */
import type { QueryClient } from '@tanstack/react-query';
import { showToast } from '../../../frame/toast-list.ts';
import { durationFigure, figureText } from '../../../model/figures/figures.ts';
import { isTerminal } from '../../../model/jobs/job-state.ts';
import { jobDetailsQuery } from '../../../rest/job-queries.ts';

const LOOK_MS = 500;
/** A task that does not end has its process killed before. */
const OVER_WITHIN_MS = 240_000;

/** Never rejects. */
export async function followCancel(
  queries: QueryClient,
  jobId: string,
  name: string,
): Promise<void> {
  const startedAt = Date.now();
  const change = showToast(`Canceling ${name}`, 'Its tasks end now.');
  const took = () => figureText(durationFigure(Date.now() - startedAt));
  while (Date.now() - startedAt < OVER_WITHIN_MS) {
    const query = { ...jobDetailsQuery(jobId), staleTime: 0 };
    // The connection's state is shown in the top bar.
    const details = await queries.fetchQuery(query).catch(() => null);
    if (details !== null && isTerminal(details.state)) {
      change({ tone: 'done', title: `${name} is canceled`, text: `in ${took()}.` });
      return;
    }
    if (details !== null) {
      const all = details.vertices.reduce((sum, { parallelism }) => sum + parallelism, 0);
      const over = details.vertices.reduce(
        (sum, { tasks }) =>
          sum + (tasks.CANCELED ?? 0) + (tasks.FINISHED ?? 0) + (tasks.FAILED ?? 0),
        0,
      );
      change({ text: `${over} of ${all} subtasks have ended, ${took()}.` });
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  change({ tone: 'failed', text: 'Its tasks have not ended; its page shows which.' });
}
