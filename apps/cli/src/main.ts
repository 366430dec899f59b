/**
 * The `weir` command. Commands are loaded when they are asked for, so that `weir run` does not wait
 * for what only the server needs.
 */
import { isWeirError } from '@weir/core';
import { type Command, parseCommand, UsageError } from './command-line.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import type { Terminal } from './terminal.ts';
import { usage } from './usage.ts';

const VERSION = '0.1.0';

const terminal: Terminal = {
  out: (line) => process.stdout.write(`${line}\n`),
  error: (line) => process.stderr.write(`${line}\n`),
};

/** Runs one command and sets the process's exit code. */
export async function main(argv: readonly string[]): Promise<void> {
  process.exitCode = await execute(argv, terminal);
}

/** @returns the exit code; every failure is said on the terminal. */
export async function execute(argv: readonly string[], terminal: Terminal): Promise<ExitCode> {
  try {
    return await perform(parseCommand(argv, process.env.WEIR_SERVER), terminal);
  } catch (error) {
    if (error instanceof UsageError) {
      terminal.error(`${error.message}\n\n${usage(error.command)}`);
      return EXIT.USAGE;
    }
    if (isWeirError(error) && error.code === 'SERVER_UNREACHABLE') {
      terminal.error(`${error.message}\nStart a server with \`weir server\`, or name it: --server`);
      return EXIT.SERVER_UNREACHABLE;
    }
    if (isWeirError(error)) terminal.error(error.message);
    else terminal.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
    return EXIT.FAILURE;
  }
}

async function perform(command: Command, terminal: Terminal): Promise<ExitCode> {
  switch (command.name) {
    case 'help':
      terminal.out(usage(command.about));
      return EXIT.OK;
    case 'version':
      terminal.out(VERSION);
      return EXIT.OK;
    case 'server':
      return (await import('./commands/server.ts')).server(command, terminal);
    case 'run':
      return (await import('./commands/run.ts')).run(command, terminal);
    case 'list':
      return (await import('./commands/list.ts')).list(command, terminal);
    case 'info':
      return (await import('./commands/info.ts')).info(command, terminal);
    case 'savepoint':
      return (await import('./commands/savepoint.ts')).savepoint(command, terminal);
    case 'stop':
      return (await import('./commands/stop.ts')).stop(command, terminal);
    case 'cancel':
      return (await import('./commands/cancel.ts')).cancel(command, terminal);
  }
}

if (import.meta.main) await main(process.argv.slice(2));
