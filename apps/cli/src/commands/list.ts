import { EXIT, type ExitCode } from '../exit-code.ts';
import { durationText, table, type Terminal, timeText } from '../terminal.ts';
import { serverClient } from '../server-client.ts';

/** All jobs, the newest first. */
export async function list(
  { server }: { readonly server: string },
  terminal: Terminal,
): Promise<ExitCode> {
  const client = serverClient(server);
  const { jobs } = await client.call('jobsOverview');
  if (jobs.length === 0) {
    terminal.out('No jobs. Submit one with `weir run job.ts`.');
    return EXIT.OK;
  }
  const rows = [...jobs]
    .sort((left, right) => right['start-time'] - left['start-time'])
    .map((job) => [
      job.jid,
      job.state,
      timeText(job['start-time']),
      durationText(job.duration),
      job.name,
    ]);
  terminal.out(table([['ID', 'STATE', 'STARTED (UTC)', 'FOR', 'NAME'], ...rows]));
  return EXIT.OK;
}
