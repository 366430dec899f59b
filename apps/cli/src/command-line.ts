/**
 * The command line as typed values. Pure: reads nothing but its arguments.
 * Everything after `--` belongs to the job.
 */
import { type ParseArgsConfig, parseArgs } from 'node:util';

export type Command =
  | { readonly name: 'help'; readonly about: string | null }
  | { readonly name: 'version' }
  | ({ readonly name: 'server' } & ServerArguments)
  | ({ readonly name: 'run'; readonly server: string } & RunArguments)
  | { readonly name: 'list'; readonly server: string }
  | { readonly name: 'info' | 'cancel'; readonly server: string; readonly job: string }
  | {
      readonly name: 'savepoint';
      readonly server: string;
      readonly job: string;
      readonly to: string | null;
    }
  | {
      readonly name: 'stop';
      readonly server: string;
      readonly job: string;
      readonly to: string | null;
      readonly drain: boolean;
    };

export interface ServerArguments {
  readonly port: number;
  readonly host: string;
  /** 0 = any free one; null = none. */
  readonly prometheusPort: number | null;
  readonly dataDirectory: string;
  readonly configuration: Readonly<Record<string, string>>;
}

export interface RunArguments {
  readonly entry: string;
  readonly args: readonly string[];
  readonly parallelism: number | null;
  readonly configuration: Readonly<Record<string, string>>;
  readonly from: string | null;
  readonly jobName: string | null;
  readonly detached: boolean;
}

/** The command line cannot be understood; `command` is whose usage helps. */
export class UsageError extends TypeError {
  readonly command: string | null;

  constructor(message: string, command: string | null) {
    super(message);
    this.command = command;
  }
}

const SERVER_URL_DEFAULT = 'http://127.0.0.1:8081';
const PORT_MAX = 65_535;

type Options = NonNullable<ParseArgsConfig['options']>;
const SERVER: Options = { server: { type: 'string', short: 's' } };
const DEFINE: Options = { define: { type: 'string', short: 'D', multiple: true } };
const OPTIONS: Readonly<Record<string, Options>> = {
  server: {
    port: { type: 'string' },
    host: { type: 'string' },
    'data-dir': { type: 'string' },
    'prometheus-port': { type: 'string' },
    ...DEFINE,
  },
  run: {
    ...SERVER,
    ...DEFINE,
    parallelism: { type: 'string', short: 'p' },
    from: { type: 'string' },
    name: { type: 'string' },
    detached: { type: 'boolean', short: 'd' },
  },
  list: SERVER,
  info: SERVER,
  cancel: SERVER,
  savepoint: { ...SERVER, to: { type: 'string' } },
  stop: { ...SERVER, to: { type: 'string' }, drain: { type: 'boolean' } },
};

interface Parsed {
  readonly values: Readonly<Record<string, string | boolean | readonly string[] | undefined>>;
  readonly positionals: readonly string[];
}

/** `defaultServer` is used where `--server` is absent. @throws UsageError. */
export function parseCommand(argv: readonly string[], defaultServer = SERVER_URL_DEFAULT): Command {
  const [name, ...rest] = argv;
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    return { name: 'help', about: rest[0] ?? null };
  }
  if (name === '--version' || name === '-v') return { name: 'version' };
  const options = Object.hasOwn(OPTIONS, name) ? OPTIONS[name] : undefined;
  if (options === undefined) throw new UsageError(`"${name}" is not a command of weir`, null);
  const dashes = rest.indexOf('--');
  const own = dashes < 0 ? rest : rest.slice(0, dashes);
  if (own.includes('--help') || own.includes('-h')) return { name: 'help', about: name };
  const args = dashes < 0 ? [] : rest.slice(dashes + 1);
  if (args.length > 0 && name !== 'run') {
    throw new UsageError('only `weir run` passes arguments after -- on to a job', name);
  }
  const parsed = parse(own, options, name);
  return commandOf(name, parsed, args, defaultServer);
}

function commandOf(
  name: string,
  { values, positionals }: Parsed,
  args: readonly string[],
  defaultServer: string,
): Command {
  const server = text(values.server) ?? defaultServer;
  if (name === 'server' || name === 'list') {
    requireCount(name, positionals, 0, 'takes no arguments');
    return name === 'list' ? { name, server } : { name, ...serverArguments(values) };
  }
  if (name === 'run') {
    requireCount(name, positionals, 1, 'needs the job’s module, such as `weir run job.ts`');
    return { name, server, ...runArguments(values, positionals[0]!, args) };
  }
  requireCount(name, positionals, 1, 'needs the id of a job; `weir list` shows them');
  const job = positionals[0]!.toLowerCase();
  const to = text(values.to);
  if (name === 'stop') return { name, server, job, to, drain: values.drain === true };
  if (name === 'savepoint') return { name, server, job, to };
  return { name: name === 'info' ? 'info' : 'cancel', server, job };
}

function serverArguments(values: Parsed['values']): ServerArguments {
  return {
    port: whole(values.port, 'port', 'server', 0, PORT_MAX) ?? 8081,
    host: text(values.host) ?? '127.0.0.1',
    prometheusPort: prometheusPort(values['prometheus-port']),
    dataDirectory: text(values['data-dir']) ?? '.weir',
    configuration: definitions(values.define, 'server'),
  };
}

function prometheusPort(value: unknown): number | null {
  if (value === 'off') return null;
  return whole(value, 'prometheus-port', 'server', 0, PORT_MAX) ?? 9249;
}

function runArguments(
  values: Parsed['values'],
  entry: string,
  args: readonly string[],
): RunArguments {
  return {
    entry,
    args,
    parallelism: whole(values.parallelism, 'parallelism', 'run', 1, 32_768),
    configuration: definitions(values.define, 'run'),
    from: text(values.from),
    jobName: text(values.name),
    detached: values.detached === true,
  };
}

function parse(args: string[], options: Options, command: string): Parsed {
  try {
    const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
    return { values: values as Parsed['values'], positionals };
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), command);
  }
}

function requireCount(
  command: string,
  positionals: readonly string[],
  count: number,
  otherwise: string,
): void {
  if (positionals.length < count) throw new UsageError(`weir ${command} ${otherwise}`, command);
  if (positionals.length === count) return;
  const advice = command === 'run' ? '; arguments for the job stand after --' : '';
  throw new UsageError(`"${positionals[count]}" is one argument too many${advice}`, command);
}

function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function whole(
  value: unknown,
  option: string,
  command: string,
  min: number,
  max: number,
): number | null {
  if (typeof value !== 'string') return null;
  const number = Number(value);
  if (value.trim() === '' || !Number.isInteger(number) || number < min || number > max) {
    throw new UsageError(
      `--${option} ${value}: expected a whole number from ${min} to ${max}`,
      command,
    );
  }
  return number;
}

function definitions(value: unknown, command: string): Record<string, string> {
  const configuration: Record<string, string> = {};
  for (const definition of Array.isArray(value) ? (value as string[]) : []) {
    const equals = definition.indexOf('=');
    if (equals < 1) {
      throw new UsageError(`-D ${definition}: expected -D key=value`, command);
    }
    configuration[definition.slice(0, equals).trim()] = definition.slice(equals + 1);
  }
  return configuration;
}
