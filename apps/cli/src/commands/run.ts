import { resolve } from 'node:path';
import type { RunArguments } from '../command-line.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { submitJob } from '../submission.ts';
import type { Terminal } from '../terminal.ts';

/** Submits a job; unless detached, waits for its end and says each change of its state. */
export async function run(
  command: RunArguments & { readonly server: string },
  terminal: Terminal,
): Promise<ExitCode> {
  const { server, entry, args, parallelism, configuration, from, jobName, detached } = command;
  const jobId = await submitJob(server, {
    entry: resolve(entry),
    args,
    parallelism,
    configuration,
    restorePath: from === null || from.startsWith('file:') ? from : resolve(from),
    name: jobName,
  });
  terminal.out(`Job ${jobId} submitted: ${server}/c/embedded/jobs/${jobId}`);
  if (detached) return EXIT.OK;
  // Not before: it brings the whole REST client, and the job is waiting to be submitted.
  const { followJob } = await import('../job-following.ts');
  return followJob(server, jobId, terminal);
}
