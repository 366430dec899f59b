import { EXIT, type ExitCode } from '../exit-code.ts';
import { findJob } from '../job-lookup.ts';
import type { Terminal } from '../terminal.ts';
import { serverClient } from '../server-client.ts';

/** Ends a job without a savepoint. */
export async function cancel(
  command: { readonly server: string; readonly job: string },
  terminal: Terminal,
): Promise<ExitCode> {
  const client = serverClient(command.server);
  const jobid = await findJob(client, command.job);
  await client.call('jobCancel', { params: { jobid }, query: { mode: 'cancel' } });
  terminal.out(`Job ${jobid} is being canceled.`);
  return EXIT.OK;
}
