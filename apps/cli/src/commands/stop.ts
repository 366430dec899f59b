import { resolve } from 'node:path';

import { EXIT, type ExitCode } from '../exit-code.ts';
import { findJob } from '../job-lookup.ts';
import type { Terminal } from '../terminal.ts';
import { savepointLocation } from '../trigger-wait.ts';
import { serverClient } from '../server-client.ts';

interface StopArguments {
  readonly server: string;
  readonly job: string;
  readonly to: string | null;
  readonly drain: boolean;
}

/** Takes a savepoint and ends the job with it. */
export async function stop(command: StopArguments, terminal: Terminal): Promise<ExitCode> {
  const client = serverClient(command.server);
  const jobid = await findJob(client, command.job);
  const triggered = await client.call('stop', {
    params: { jobid },
    body: {
      targetDirectory: command.to === null ? null : resolve(command.to),
      drain: command.drain,
    },
  });
  const location = await savepointLocation(client, jobid, triggered['request-id']);
  terminal.out(
    `Stopped with savepoint: ${location}\nGo on with: weir run JOB.ts --from ${location}`,
  );
  return EXIT.OK;
}
