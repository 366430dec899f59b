/** Secrets never leave the server: values of telling keys are hidden, as Flink does. */
import { stripVTControlCharacters } from 'node:util';

const SECRET_KEY =
  /password|passwd|secret|token|credential|api[-_.]?key|access[-_.]?key|auth|private|sasl\.jaas/i;
const HIDDEN = '******';

export function isSecret(key: string): boolean {
  return SECRET_KEY.test(key);
}

export function redacted(configuration: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(configuration).map(([key, value]) => [
      key,
      SECRET_KEY.test(key) ? HIDDEN : withoutUserInfo(value),
    ]),
  );
}

/** Arguments like `--db-password=x`, `--token x` and URLs with a password, without what is secret. */
export function redactedArguments(args: readonly string[]): string[] {
  return args.map((argument, at) => redactedArgument(argument, args[at - 1]));
}

/** What somebody sends back who was shown redacted arguments, with what was hidden in its place. */
export function restoredArguments(sent: readonly string[], original: readonly string[]): string[] {
  const shown = redactedArguments(original);
  return sent.map((argument, at) => {
    if (!argument.includes(HIDDEN)) return argument;
    const same = shown.findIndex(
      (one, place) => one === argument && (place === at || shown[place - 1] === sent[at - 1]),
    );
    return original[same] ?? argument;
  });
}

function redactedArgument(argument: string, before: string | undefined): string {
  const named = /^(--?[\w.-]+=)/.exec(argument)?.[1];
  if (named !== undefined && SECRET_KEY.test(named)) return named + HIDDEN;
  const follows = /^--?[\w.-]+$/.test(before ?? '') && SECRET_KEY.test(before ?? '');
  if (follows && !argument.startsWith('-')) return HIDDEN;
  return withoutUserInfo(argument);
}

/** `postgres://user:secret@host?token=x` → `postgres://user:******@host?token=******`. */
function withoutUserInfo(value: string): string {
  return value
    .replace(/(\w+:\/\/[^\s:/@]*):[^\s@/]+@/g, `$1:${HIDDEN}@`)
    .replace(/([?&;](?:password|passwd|secret|token|api[-_]?key)=)[^\s&;]*/gi, `$1${HIDDEN}`);
}

/**
 * A text that people wrote or that came from outside (exceptions, logs), without the secrets that
 * can be told apart: passwords in URLs, and values beside a telling name. Colours of a terminal go
 * first: no page shows them, and one between a name and its value would hide that it is a secret.
 */
export function withoutSecrets(text: string): string {
  return withoutUserInfo(stripVTControlCharacters(text)).replace(BESIDE_A_NAME, `$1${HIDDEN}`);
}

const BESIDE_A_NAME =
  /((?:password|passwd|secret|api[-_]?key|access[-_]?key|token)["']?(?:\s*=\s*|"\s*:\s*)["']?)[^\s"',;&})]+/gi;
