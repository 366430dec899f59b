import { startServer } from '@weir/server';
import type { ServerArguments } from '../command-line.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import type { Terminal } from '../terminal.ts';

/** Runs a server until it is told to stop; a second signal ends it at once. */
export async function server(options: ServerArguments, terminal: Terminal): Promise<ExitCode> {
  const running = await startServer({ ...options, terminal: terminal.error });
  terminal.out(`Weir is running at ${running.url} (Ctrl-C stops it; jobs go on at its next start)`);
  await stopSignal();
  terminal.out('Stopping …');
  await running.close();
  return EXIT.OK;
}

function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      process.once(signal, () => resolve());
  });
}
