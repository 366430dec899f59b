/** Effective options of a job: text by key, read through typed options with defaults. */
import { Duration } from '../duration.ts';
import { WeirError } from '../errors.ts';

export type OptionKind = 'string' | 'boolean' | 'integer' | 'number' | 'duration' | 'memory';

export interface ConfigOption<T> {
  readonly key: string;
  readonly kind: OptionKind;
  readonly defaultValue: T;
  readonly description: string;
  /** Older or alternative spellings, tried in order after `key`. */
  readonly aliases: readonly string[];
  readonly parse: (text: string) => T;
}

export class Configuration {
  readonly #values: Map<string, string>;

  constructor(values: Readonly<Record<string, string>> = {}) {
    this.#values = new Map(Object.entries(values));
  }

  /** @throws WeirError CONFIG_INVALID naming key, value and what is expected. */
  get<T>(option: ConfigOption<T>): T {
    for (const key of [option.key, ...option.aliases]) {
      const text = this.#values.get(key);
      if (text === undefined) continue;
      try {
        return option.parse(text);
      } catch (cause) {
        const why = cause instanceof Error ? cause.message : String(cause);
        throw new WeirError('CONFIG_INVALID', `${key} = "${text}": ${why}`, { cause });
      }
    }
    return option.defaultValue;
  }

  has(option: ConfigOption<unknown>): boolean {
    return [option.key, ...option.aliases].some((key) => this.#values.has(key));
  }

  set<T>(option: ConfigOption<T>, value: T): void {
    const text = value instanceof Duration ? `${value.ms} ms` : String(value);
    this.#values.set(option.key, text);
  }

  setText(key: string, text: string): void {
    this.#values.set(key, text);
  }

  getText(key: string): string | null {
    return this.#values.get(key) ?? null;
  }

  toRecord(): Record<string, string> {
    return Object.fromEntries(this.#values);
  }

  /** A new configuration in which `over` wins. */
  merge(over: Configuration): Configuration {
    return new Configuration({ ...this.toRecord(), ...over.toRecord() });
  }
}

interface OptionRest {
  readonly description: string;
  readonly aliases?: readonly string[];
}

function option<T>(
  key: string,
  kind: OptionKind,
  defaultValue: T,
  rest: OptionRest,
  parse: (text: string) => T,
): ConfigOption<T> {
  const { description, aliases = [] } = rest;
  return { key, kind, defaultValue, description, aliases, parse };
}

export function stringOption<T extends string>(
  key: string,
  defaultValue: T,
  rest: OptionRest & { readonly oneOf?: readonly T[] },
): ConfigOption<T> {
  return option(key, 'string', defaultValue, rest, (text) => {
    if (rest.oneOf !== undefined && !rest.oneOf.includes(text as T)) {
      throw new WeirError('CONFIG_INVALID', `expected one of ${rest.oneOf.join(', ')}`);
    }
    return text as T;
  });
}

export function booleanOption(
  key: string,
  defaultValue: boolean,
  rest: OptionRest,
): ConfigOption<boolean> {
  return option(key, 'boolean', defaultValue, rest, (text) => {
    if (text !== 'true' && text !== 'false') {
      throw new WeirError('CONFIG_INVALID', 'expected true or false');
    }
    return text === 'true';
  });
}

export function integerOption(
  key: string,
  defaultValue: number,
  rest: OptionRest & { readonly min?: number; readonly max?: number },
): ConfigOption<number> {
  const { min = 0, max = Number.MAX_SAFE_INTEGER } = rest;
  return option(key, 'integer', defaultValue, rest, (text) => {
    const value = Number(text);
    if (text.trim() === '' || !Number.isSafeInteger(value) || value < min || value > max) {
      throw new WeirError('CONFIG_INVALID', `expected an integer from ${min} to ${max}`);
    }
    return value;
  });
}

export function numberOption(
  key: string,
  defaultValue: number,
  rest: OptionRest,
): ConfigOption<number> {
  return option(key, 'number', defaultValue, rest, (text) => {
    const value = Number(text);
    if (text.trim() === '' || !Number.isFinite(value)) {
      throw new WeirError('CONFIG_INVALID', 'expected a number');
    }
    return value;
  });
}

/** Values are milliseconds; text is Flink's duration syntax. */
export function durationOption(
  key: string,
  defaultMs: number,
  rest: OptionRest,
): ConfigOption<number> {
  return option(key, 'duration', defaultMs, rest, (text) => Duration.parse(text).ms);
}

const MEMORY_FACTOR: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  k: 1024,
  kb: 1024,
  m: 1_048_576,
  mb: 1_048_576,
  g: 1_073_741_824,
  gb: 1_073_741_824,
};

/** Values are bytes; text is `64mb`, `1 g`. */
export function memoryOption(
  key: string,
  defaultBytes: number,
  rest: OptionRest,
): ConfigOption<number> {
  return option(key, 'memory', defaultBytes, rest, (text) => {
    const match = /^\s*(\d+)\s*([a-z]*)\s*$/i.exec(text);
    const factor = MEMORY_FACTOR[match?.[2]?.toLowerCase() ?? '-'];
    if (match === null || factor === undefined) {
      throw new WeirError('CONFIG_INVALID', 'expected a size such as 64mb');
    }
    return Number(match[1]) * factor;
  });
}
