/** Help texts; each command's own one is shown with its usage errors. */
const OVERVIEW = `weir: stream processing for Node

  weir server                 start the engine and the console
  weir run JOB.ts [-- ARGS]   submit a job and wait for its end
  weir list                   all jobs of the server
  weir info ID                one job: vertices, checkpoints, failures
  weir savepoint ID           take a savepoint
  weir stop ID                take a savepoint and end the job
  weir cancel ID              end the job at once

\`weir help COMMAND\` tells more. ID may be shortened as long as it is unambiguous.
Exit codes: 0 fine, 1 failure, 2 usage, 3 server unreachable, 4 the job failed.`;

const SERVER_OPTION =
  '  -s, --server URL       default http://127.0.0.1:8081, or the variable WEIR_SERVER';

const TEXTS: Readonly<Record<string, string>> = {
  server: `weir server [options]
  --port N               default 8081; 0 takes any free one
  --host HOST            this machine only: 127.0.0.1 (default), ::1 or localhost
  --prometheus-port N    default 9249; 0 takes any free one, \`off\` none
  --data-dir DIR         jobs, artifacts, checkpoints; default .weir
  -D key=value           default configuration of all jobs; repeatable
Ctrl-C stops the server; running jobs go on at its next start.`,
  run: `weir run JOB.ts [options] [-- ARGS]
  -p, --parallelism N    default parallelism of the job's operators
  -D key=value           configuration of the job; repeatable
  --from PATH            start from a savepoint or a retained checkpoint
  --name NAME            name of the job
  -d, --detached         do not wait for the job's end
${SERVER_OPTION}
Ctrl-C leaves the job running.`,
  list: `weir list [options]\n${SERVER_OPTION}`,
  info: `weir info ID [options]\n${SERVER_OPTION}`,
  savepoint: `weir savepoint ID [options]
  --to DIR               where the savepoint goes; default in the data directory
${SERVER_OPTION}`,
  stop: `weir stop ID [options]
  --to DIR               where the savepoint goes; default in the data directory
  --drain                fire all timers and windows first; the job cannot be resumed exactly
${SERVER_OPTION}`,
  cancel: `weir cancel ID [options]\n${SERVER_OPTION}`,
};

/** The text about a command, else the overview. */
export function usage(command: string | null): string {
  return (command === null ? undefined : TEXTS[command]) ?? OVERVIEW;
}
