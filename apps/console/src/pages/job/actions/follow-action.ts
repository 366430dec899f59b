/**
 * Runs an operation on a job and shows it as a toast from start to result.
 *
 * While it runs, the checkpoint in progress says how many subtasks have acknowledged.
 */
import type { QueryClient } from '@tanstack/react-query';
import { showToast } from '../../../frame/toast-list.ts';
import { durationFigure, figureText } from '../../../model/figures.ts';
import { checkpointsQuery } from '../../../rest/job-queries.ts';
import type { Outcome } from '../../../rest/job-triggers.ts';

export interface ActionWords {
  readonly title: string;
  readonly begins: string;
  readonly done: string;
  readonly failed: string;
  /** What is still true after a failure. */
  readonly still: string;
}

const LOOK_MS = 500;

/** Never rejects: a refusal is a toast too. True = it went well. */
export async function followAction(
  queries: QueryClient,
  jobId: string,
  words: ActionWords,
  operation: () => Promise<Outcome>,
): Promise<boolean> {
  const startedAt = Date.now();
  const change = showToast(words.title, words.begins);
  const timer = setInterval(() => void look(), LOOK_MS);
  async function look(): Promise<void> {
    try {
      const data = await queries.fetchQuery({ ...checkpointsQuery(jobId), staleTime: 0 });
      const running = data.history.find(({ status }) => status === 'IN_PROGRESS');
      if (running === undefined || over) return;
      const { num_acknowledged_subtasks: done, num_subtasks: all } = running;
      const age = figureText(durationFigure(Date.now() - startedAt));
      change({ text: `${done} of ${all} acknowledged, ${age}.`, progress: done / all });
    } catch {
      // The connection's state is shown in the top bar; the operation itself reports its end.
    }
  }
  let over = false;
  try {
    const outcome = await operation();
    over = true;
    if (!outcome.ok) {
      const text = `${sentence(outcome.reason)} ${words.still}`;
      change({ tone: 'failed', title: words.failed, text, progress: null });
      return false;
    }
    const took = figureText(durationFigure(Date.now() - startedAt));
    const subject = outcome.checkpointId === null ? '' : `#${outcome.checkpointId} `;
    change({ tone: 'done', title: words.done, text: `${subject}in ${took}.`, path: outcome.path });
    return true;
  } catch (error) {
    over = true;
    const reason = sentence(error instanceof Error ? error.message : String(error));
    const text = `${reason} ${words.still}`;
    change({ tone: 'failed', title: words.failed, text, progress: null });
    return false;
  } finally {
    clearInterval(timer);
    void queries.invalidateQueries({ queryKey: ['job', jobId] });
  }
}

function sentence(text: string): string {
  const trimmed = text.trim();
  return /[.!?]$/.test(trimmed) ? trimmed : `${trimmed}.`;
}
