/**
 * Runs a job's program again and shows it as a toast, step by step, until the new job's subtasks
 * run. The page goes to the new job as soon as there is one; the toast stays.
 */
import type { RerunRequestInput } from '@weir/console-protocol';
import { FlinkRestError } from '@weir/flink-rest';
import type { QueryClient } from '@tanstack/react-query';
import { showToast } from '../../../frame/toast-list.ts';
import { serverClock } from '../../../live/server-clock.ts';
import { durationFigure, figureText } from '../../../model/figures/figures.ts';
import {
  isUp,
  type RerunSeen,
  rerunStages,
  type StartedJob,
} from '../../../model/operate/rerun-stages.ts';
import { checkpointsQuery, jobDetailsQuery } from '../../../rest/job-queries.ts';
import { rerunJob } from '../../../rest/weir-client.ts';

export interface RerunWords {
  readonly title: string;
  readonly done: string;
  readonly failed: string;
}

const LOOK_MS = 500;
/** A job that is not up by then is shown on its own page. */
const UP_WITHIN_MS = 60_000;
const UNANSWERED =
  'The connection broke before the server said how it went. Once it answers again, the timeline ' +
  'of the job says what was done.';
/** The savepoint is triggered by the server, whose clock may be a little behind. */
const CLOCKS_MS = 2000;

/** Never rejects: a refusal is a toast too. `go` is told of the new job once. */
export async function followRerun(
  queries: QueryClient,
  jobId: string,
  request: RerunRequestInput,
  words: RerunWords,
  go: (jobId: string) => void,
): Promise<void> {
  const startedAt = Date.now();
  const stop = request.stopFirst ?? null;
  let seen: RerunSeen = {
    checkpoints: [],
    since: serverClock.now() - CLOCKS_MS,
    started: false,
    next: null,
  };
  const change = showToast(words.title, '');
  const show = (more: Partial<RerunSeen>) => {
    seen = { ...seen, ...more };
    change({ stages: rerunStages(stop, seen) });
  };
  show({});
  const readStop = async () => {
    const { history } = await queries.fetchQuery({ ...checkpointsQuery(jobId), staleTime: 0 });
    show({ checkpoints: history });
  };
  const timer = setInterval(() => {
    readStop().catch(() => {
      // The connection's state is shown in the top bar; the request itself reports its end.
    });
  }, LOOK_MS);
  try {
    const { jobId: next, savepointPath } = await rerunJob(jobId, request);
    clearInterval(timer);
    await readStop().catch(() => {
      // What it was stopped with is told less exactly then.
    });
    show({ started: true });
    change({ path: savepointPath });
    go(next);
    await followStart(queries, next, (details) => show({ next: details }));
    change(resultOf(words, seen.next, Date.now() - startedAt));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const text = `${reason.replace(/[.!?]?\s*$/, '.')} Savepoints stay where they are.`;
    const stages = rerunStages(stop, seen).map((stage) =>
      stage.state === 'now' ? { ...stage, state: 'failed' as const } : stage,
    );
    if (error instanceof FlinkRestError && error.status === 0) {
      change({ tone: 'failed', title: `${words.title}: no answer`, text: UNANSWERED, stages });
      return;
    }
    change({ tone: 'failed', title: words.failed, text, stages });
  } finally {
    clearInterval(timer);
    void queries.invalidateQueries({ queryKey: ['job', jobId] });
  }
}

/** Tells of each state of the new job until it is up. */
async function followStart(
  queries: QueryClient,
  jobId: string,
  tell: (details: StartedJob) => void,
): Promise<void> {
  const until = Date.now() + UP_WITHIN_MS;
  while (Date.now() < until) {
    const details = await queries
      .fetchQuery({ ...jobDetailsQuery(jobId), staleTime: 0 })
      .catch(() => null);
    if (details !== null) tell(details);
    if (details !== null && isUp(details)) return;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

function resultOf(words: RerunWords, next: StartedJob | null, tookMs: number) {
  const took = figureText(durationFigure(tookMs));
  if (next?.state === 'FAILED') {
    const text = 'The new job started and failed; its page says why. Nothing else was touched.';
    return { tone: 'failed', title: words.failed, text } as const;
  }
  if (next === null || !isUp(next)) {
    const text = `Not all of its subtasks run after ${took}; its page shows how far it is.`;
    return { tone: 'done', title: words.title, text } as const;
  }
  return { tone: 'done', title: words.done, text: `It took ${took}.` } as const;
}
