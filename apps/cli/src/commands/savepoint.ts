import { resolve } from 'node:path';

import { EXIT, type ExitCode } from '../exit-code.ts';
import { findJob } from '../job-lookup.ts';
import type { Terminal } from '../terminal.ts';
import { savepointLocation } from '../trigger-wait.ts';
import { serverClient } from '../server-client.ts';

/** Takes a savepoint; the job goes on. */
export async function savepoint(
  command: { readonly server: string; readonly job: string; readonly to: string | null },
  terminal: Terminal,
): Promise<ExitCode> {
  const client = serverClient(command.server);
  const jobid = await findJob(client, command.job);
  const triggered = await client.call('savepointTrigger', {
    params: { jobid },
    body: { 'target-directory': command.to === null ? null : resolve(command.to) },
  });
  const location = await savepointLocation(client, jobid, triggered['request-id']);
  terminal.out(`Savepoint: ${location}`);
  return EXIT.OK;
}
