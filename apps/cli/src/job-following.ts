/** Watches a job from its submission to its end. Ctrl-C stops watching, not the job. */
import { setTimeout as delay } from 'node:timers/promises';
import type { FlinkRestClient, JobDetails } from '@weir/flink-rest';
import { EXIT, type ExitCode } from './exit-code.ts';
import { failureText } from './failure-text.ts';
import { durationText, type Terminal, timeText } from './terminal.ts';
import { serverClient } from './server-client.ts';

const POLL_MS_FIRST = 50;
const POLL_MS_MAX = 1000;
/** A server that restarts is waited for. */
const UNANSWERED_MAX = 30;

/** @returns OK when the job finished or the user stopped watching. */
export async function followJob(
  server: string,
  jobId: string,
  terminal: Terminal,
): Promise<ExitCode> {
  const client = serverClient(server);
  const detach = new AbortController();
  const onSignal = (): void => detach.abort();
  process.once('SIGINT', onSignal);
  try {
    return await follow(client, jobId, terminal, detach.signal);
  } catch (error) {
    if (!detach.signal.aborted) throw error;
    terminal.out(`\nThe job goes on. \`weir cancel ${jobId}\` ends it.`);
    return EXIT.OK;
  } finally {
    process.off('SIGINT', onSignal);
  }
}

async function follow(
  client: FlinkRestClient,
  jobid: string,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<ExitCode> {
  let shown: string | null = null;
  let told = 0;
  let pollMs = POLL_MS_FIRST;
  for (;;) {
    const job = await answer(client, jobid, signal);
    if (job.state !== shown) {
      const atMs = job.timestamps[job.state] || job.now;
      terminal.out(`${timeText(atMs)}  ${job.state}`);
      shown = job.state;
      pollMs = POLL_MS_FIRST;
      if (shown === 'FAILING' || shown === 'FAILED' || shown === 'RESTARTING') {
        told = await tellFailure(client, jobid, told, terminal, signal);
      }
    }
    if (job.state === 'FINISHED') {
      terminal.out(`Finished after ${durationText(job.duration)}.`);
      return EXIT.OK;
    }
    if (job.state === 'FAILED' || job.state === 'CANCELED' || job.state === 'SUSPENDED') {
      return EXIT.JOB_FAILED;
    }
    await delay(pollMs, undefined, { signal });
    pollMs = Math.min(pollMs * 2, POLL_MS_MAX);
  }
}

async function answer(
  client: FlinkRestClient,
  jobid: string,
  signal: AbortSignal,
): Promise<JobDetails> {
  for (let unanswered = 1; ; unanswered++) {
    try {
      return await client.call('job', { params: { jobid }, signal });
    } catch (error) {
      const retryable = (error as { retryable?: boolean }).retryable === true;
      if (signal.aborted || !retryable || unanswered > UNANSWERED_MAX) throw error;
    }
    await delay(POLL_MS_MAX, undefined, { signal });
  }
}

/** Says the newest failure unless it is the one of `toldAtMs`; returns when it happened. */
async function tellFailure(
  client: FlinkRestClient,
  jobid: string,
  toldAtMs: number,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<number> {
  const { exceptionHistory } = await client.call('jobExceptions', { params: { jobid }, signal });
  const [newest] = exceptionHistory.entries;
  if (newest === undefined || newest.timestamp === toldAtMs) return toldAtMs;
  const where = newest.taskName == null ? '' : `in ${newest.taskName}:\n`;
  terminal.error(`${where}${failureText(newest.stacktrace)}`);
  return newest.timestamp;
}
