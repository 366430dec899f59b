/** Reads `sasl.jaas.config`, in which Kafka's users have their credentials. */
import { WeirError } from '@weir/core';

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

const MODULE = /^\s*(?:[\w$]+\.)*(\w+)\s+(?:required|requisite|sufficient|optional)\b/i;
const KNOWN = ['PlainLoginModule', 'ScramLoginModule'];

/**
 * Username and password of a PLAIN or SCRAM login module.
 * @throws WeirError CONFIG_INVALID; its message repeats no part of the text, which has a secret.
 * @example
 * parseJaas('org.apache.kafka.common.security.plain.PlainLoginModule required ' +
 *   'username="alice" password="secret";'); // { username: 'alice', password: 'secret' }
 */
export function parseJaas(text: string): Credentials {
  const module = MODULE.exec(text);
  if (module === null) {
    refuse('begins with the class of a login module and the word required');
  }
  if (!KNOWN.includes(module[1] ?? '')) {
    refuse(`names ${module[1]}; PlainLoginModule and ScramLoginModule are understood`);
  }
  const options = optionsOf(text.slice(module[0].length));
  const { username, password } = options;
  if (username === undefined || password === undefined) {
    refuse('has username="…" and password="…"');
  }
  return { username, password };
}

const OPTION = /\s*([\w.]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|([^\s;"'][^\s;]*))/y;

function optionsOf(text: string): Readonly<Record<string, string>> {
  const options: Record<string, string> = {};
  OPTION.lastIndex = 0;
  for (;;) {
    const at = OPTION.lastIndex;
    const match = OPTION.exec(text);
    if (match === null) {
      if (/^\s*;?\s*$/.test(text.slice(at))) return options;
      refuse('ends with a semicolon behind its options');
    }
    const [, name = '', double, single, bare] = match;
    options[name] = bare ?? (double ?? single ?? '').replace(/\\(.)/g, '$1');
  }
}

function refuse(expected: string): never {
  throw new WeirError('CONFIG_INVALID', `sasl.jaas.config can't be read: it ${expected}`);
}
