/**
 * A type's structure as data, and its text form, the fingerprint. Fingerprints stand beside state
 * in checkpoints; reading one back tells how the bytes were laid out, whatever the job's types are
 * today. Grammar: `name` · `name<schema,…>` · `object{"field":schema,…}` · `literal(json)`.
 */
import { WeirError } from '../errors.ts';

export interface Schema {
  readonly kind: string;
  /** Element types, in order. */
  readonly items: readonly Schema[];
  /** Object and instance only: names beside `items`, in the order in which they are written. */
  readonly names: readonly string[];
  /** Literal: the value as JSON; instance: the class's registered name as JSON. */
  readonly value: string | null;
}

export function schemaOf(
  kind: string,
  items: readonly Schema[] = [],
  names: readonly string[] = [],
  value: string | null = null,
): Schema {
  return { kind, items, names, value };
}

export function fingerprintOf(schema: Schema): string {
  const { kind, items, names, value } = schema;
  const head = value === null ? kind : `${kind}(${value})`;
  if (kind === 'object' || kind === 'instance') {
    const fields = names.map((name, at) => `${JSON.stringify(name)}:${print(items[at])}`);
    return `${head}{${fields.join(',')}}`;
  }
  return items.length === 0 ? head : `${head}<${items.map(print).join(',')}>`;
}

/** @throws WeirError STATE_INCOMPATIBLE when the text is no fingerprint. */
export function parseFingerprint(text: string): Schema {
  const parser = new FingerprintParser(text);
  const schema = parser.schema();
  parser.end();
  return schema;
}

function print(schema: Schema | undefined): string {
  return schema === undefined ? 'never' : fingerprintOf(schema);
}

class FingerprintParser {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  schema(): Schema {
    const kind = this.#match(/[a-z][a-z0-9]*/y);
    let value: string | null = null;
    if (this.#accept('(')) {
      value = this.#match(/"(?:[^"\\]|\\.)*"|[^")]+/y);
      this.#expect(')');
    }
    if (this.#accept('{')) return this.#fields(kind, value);
    const items: Schema[] = [];
    if (this.#accept('<')) {
      do items.push(this.schema());
      while (this.#accept(','));
      this.#expect('>');
    }
    return schemaOf(kind, items, [], value);
  }

  end(): void {
    if (this.#at !== this.#text.length) this.#fail();
  }

  #fields(kind: string, value: string | null): Schema {
    const names: string[] = [];
    const items: Schema[] = [];
    while (!this.#accept('}')) {
      if (names.length > 0) this.#expect(',');
      names.push(JSON.parse(this.#match(/"(?:[^"\\]|\\.)*"/y)) as string);
      this.#expect(':');
      items.push(this.schema());
    }
    return schemaOf(kind, items, names, value);
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found === undefined) this.#fail();
    this.#at += found.length;
    return found;
  }

  #accept(character: string): boolean {
    if (this.#text[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  #expect(character: string): void {
    if (!this.#accept(character)) this.#fail();
  }

  #fail(): never {
    throw new WeirError(
      'STATE_INCOMPATIBLE',
      `'${this.#text}' describes no type that this Weir knows (at position ${this.#at}); ` +
        'restore with the version that wrote it',
    );
  }
}
