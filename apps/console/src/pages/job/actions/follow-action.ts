/**
 * Runs an operation on a job and shows it as a toast from start to result.
 *
 * While it runs, the checkpoint in progress says how many subtasks have acknowledged.
 */
import { FlinkRestError } from '@weir/flink-rest';
import type { QueryClient } from '@tanstack/react-query';
import { showToast, type ToastStep } from '../../../frame/toast-list.ts';
import { bytesFigure, durationFigure, figureText } from '../../../model/figures/figures.ts';
import { checkpointDetailsQuery, checkpointsQuery } from '../../../rest/job-queries.ts';
import type { Outcome } from '../../../rest/job-triggers.ts';

export interface ActionWords {
  readonly title: string;
  readonly begins: string;
  readonly done: string;
  readonly failed: string;
  /** What is still true after a failure. */
  readonly still: string;
  /** Names of vertices by id, to say for whom it waits. */
  readonly names?: ReadonlyMap<string, string>;
  /** What can be done next. */
  readonly onSuccess?: (outcome: Outcome & { readonly ok: true }) => readonly ToastStep[];
  readonly onFailure?: readonly ToastStep[];
}

const NO_NAMES: ReadonlyMap<string, string> = new Map();

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
      const waits = await waitsFor(queries, jobId, running.id, words.names ?? NO_NAMES);
      if (over) return;
      change({ text: `${done} of ${all} acknowledged, ${age}${waits}.`, progress: done / all });
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
      const steps = words.onFailure ?? [];
      change({ tone: 'failed', title: words.failed, text, progress: null, steps });
      return false;
    }
    const steps = words.onSuccess?.(outcome) ?? [];
    const took = figureText(durationFigure(Date.now() - startedAt));
    const size = await writtenSize(queries, jobId, outcome);
    const id = outcome.checkpointId === null ? null : `#${outcome.checkpointId}`;
    const what = [id, size].filter((part) => part !== null).join(', ');
    const text = `${what === '' ? 'It took' : `${what} in`} ${took}; it is on the timeline.`;
    change({ tone: 'done', title: words.done, text, path: outcome.path, steps });
    return true;
  } catch (error) {
    over = true;
    if (error instanceof FlinkRestError && error.status === 0) {
      const text = 'The server does not answer. Nothing is known to have changed.';
      const again = () => void followAction(queries, jobId, words, operation);
      const steps = [{ label: 'Send again', run: again }];
      change({ tone: 'failed', title: 'No connection', text, progress: null, steps });
      return false;
    }
    const reason = sentence(error instanceof Error ? error.message : String(error));
    const text = `${reason} ${words.still}`;
    change({ tone: 'failed', title: words.failed, text, progress: null });
    return false;
  } finally {
    clearInterval(timer);
    void queries.invalidateQueries({ queryKey: ['job', jobId] });
  }
}

/** Null where the list of checkpoints does not have it, or cannot be read. */
async function writtenSize(
  queries: QueryClient,
  jobId: string,
  { path, checkpointId }: Outcome & { readonly ok: true },
): Promise<string | null> {
  try {
    const { history } = await queries.fetchQuery({ ...checkpointsQuery(jobId), staleTime: 0 });
    const written = history.find(
      ({ id, external_path }) => id === checkpointId || (path !== null && external_path === path),
    );
    return written === undefined ? null : figureText(bytesFigure(written.state_size));
  } catch {
    // The operation went well all the same.
    return null;
  }
}

/** `; the barrier waits for a, b`: operators of which not all subtasks have acknowledged. */
async function waitsFor(
  queries: QueryClient,
  jobId: string,
  checkpointId: number,
  names: ReadonlyMap<string, string>,
): Promise<string> {
  if (names.size === 0) return '';
  const query = { ...checkpointDetailsQuery(jobId, checkpointId, true), staleTime: 0 };
  const { tasks } = await queries.fetchQuery(query);
  const waiting = Object.entries(tasks)
    .filter(([, task]) => task.num_acknowledged_subtasks < task.num_subtasks)
    .map(([id]) => names.get(id) ?? id.slice(0, 8));
  const more = waiting.length > 2 ? ` and ${waiting.length - 2} more` : '';
  return waiting.length === 0 ? '' : `; it waits for ${waiting.slice(0, 2).join(', ')}${more}`;
}

function sentence(text: string): string {
  // Which class an error is of says nothing to who reads it.
  const trimmed = text.trim().replace(/^(?:\w*Error: )+/, '');
  return /[.!?]$/.test(trimmed) ? trimmed : `${trimmed}.`;
}
