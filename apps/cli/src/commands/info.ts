import type { JobDetails } from '@weir/flink-rest';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { findJob } from '../job-lookup.ts';
import { bytesText, durationText, table, type Terminal, timeText } from '../terminal.ts';
import { serverClient } from '../server-client.ts';

/** One job: its vertices, its last checkpoint, its last failure. */
export async function info(
  command: { readonly server: string; readonly job: string },
  terminal: Terminal,
): Promise<ExitCode> {
  const client = serverClient(command.server);
  const jobid = await findJob(client, command.job);
  const params = { jobid };
  const [job, checkpoints, exceptions] = await Promise.all([
    client.call('job', { params }),
    client.call('checkpoints', { params }),
    client.call('jobExceptions', { params, query: { maxExceptions: '1' } }),
  ]);
  terminal.out(`${job.name}\n${job.jid}`);
  terminal.out(
    `${job.state} for ${durationText(job.now - (job.timestamps[job.state] || job.now))}, ` +
      `started ${timeText(job['start-time'])} UTC\n`,
  );
  terminal.out(vertexTable(job));
  const completed = checkpoints.latest?.completed;
  if (completed != null) {
    terminal.out(
      `\nLast checkpoint ${completed.id}: ${timeText(completed.trigger_timestamp)} UTC, ` +
        `${durationText(completed.end_to_end_duration)}, ${bytesText(completed.state_size)}` +
        (completed.external_path == null ? '' : `\n  ${completed.external_path}`),
    );
  }
  const [failure] = exceptions.exceptionHistory.entries;
  if (failure !== undefined) {
    terminal.out(
      `\nLast failure, ${timeText(failure.timestamp)} UTC\n${failure.stacktrace.trimEnd()}`,
    );
  }
  return EXIT.OK;
}

function vertexTable(job: JobDetails): string {
  const rows = job.vertices.map((vertex) => [
    vertex.name,
    vertex.status,
    String(vertex.parallelism),
    String(vertex.metrics['read-records']),
    String(vertex.metrics['write-records']),
  ]);
  return table([['VERTEX', 'STATE', 'SUBTASKS', 'RECORDS IN', 'RECORDS OUT'], ...rows]);
}
