/**
 * A client of a schema registry that speaks Confluent's REST API: schemas by id, and ids by schema.
 * Answers are kept for good, since neither ever changes. A registry that is down is asked again
 * with growing pauses; what it refuses is an error at once.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { WeirError } from '@weir/core';
import type { AvroSchema } from './avro-type.ts';

export interface SchemaRegistryOptions {
  /** One address or several, of which the first that answers is used. */
  readonly url: string | readonly string[];
  /** `user:password`; never part of a message. */
  readonly basicAuth?: string;
  readonly timeoutMs?: number;
  /** How often a registry that does not answer is asked. Default 5. */
  readonly attempts?: number;
}

const CONTENT_TYPE = 'application/vnd.schemaregistry.v1+json';
const TIMEOUT_MS = 10_000;
const ATTEMPTS = 5;
const PAUSE_MS = 200;
const PAUSE_MS_MAX = 5000;

export class SchemaRegistry {
  readonly #urls: readonly string[];
  readonly #headers: Readonly<Record<string, string>>;
  readonly #timeoutMs: number;
  readonly #attempts: number;
  readonly #schemas = new Map<number, Promise<string>>();
  readonly #ids = new Map<string, Promise<number>>();

  /** @throws WeirError CONFIG_INVALID for an address that is none. */
  constructor(options: SchemaRegistryOptions) {
    const urls = typeof options.url === 'string' ? options.url.split(',') : options.url;
    this.#urls = urls.map((url) => checkedUrl(url.trim()));
    const { basicAuth } = options;
    const authorization =
      basicAuth === undefined
        ? {}
        : { authorization: `Basic ${Buffer.from(basicAuth).toString('base64')}` };
    this.#headers = { accept: CONTENT_TYPE, 'content-type': CONTENT_TYPE, ...authorization };
    this.#timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
    this.#attempts = options.attempts ?? ATTEMPTS;
  }

  /** The schema with this id, as JSON text. @throws WeirError SCHEMA_REGISTRY_FAILED */
  schemaById(id: number): Promise<string> {
    return kept(this.#schemas, id, async () => {
      const { schema, schemaType = 'AVRO' } = await this.#ask<{
        readonly schema: string;
        readonly schemaType?: string;
      }>('GET', `/schemas/ids/${id}`);
      if (schemaType === 'AVRO') return schema;
      throw failed(`schema ${id} is ${schemaType}, not Avro`, false);
    });
  }

  /**
   * The id of a schema under a subject.
   * @param register true = it is added if the subject does not have it.
   * @throws WeirError SCHEMA_REGISTRY_FAILED, also where it is incompatible with earlier ones.
   */
  idOf(subject: string, schema: AvroSchema, register: boolean): Promise<number> {
    const text = typeof schema === 'string' ? schema : JSON.stringify(schema);
    const path = `/subjects/${encodeURIComponent(subject)}${register ? '/versions' : ''}`;
    return kept(this.#ids, `${subject} ${text}`, async () => {
      const { id } = await this.#ask<{ readonly id: number }>('POST', path, { schema: text });
      return id;
    });
  }

  async #ask<T>(method: string, path: string, body?: object): Promise<T> {
    let last: unknown = null;
    for (let attempt = 0; attempt < this.#attempts; attempt++) {
      if (attempt > 0) await pause(Math.min(PAUSE_MS_MAX, PAUSE_MS * 2 ** (attempt - 1)));
      for (const url of this.#urls) {
        try {
          return await this.#askOne<T>(url, method, path, body);
        } catch (error) {
          if (error instanceof WeirError && !error.retryable) throw error;
          last = error;
        }
      }
    }
    const reason = last instanceof Error ? last.message : String(last);
    throw failed(
      `the schema registry at ${this.#urls.join(', ')} did not answer ${method} ${path} ` +
        `${this.#attempts} times: ${reason}. Check its address, and that it is running`,
      true,
      last,
    );
  }

  async #askOne<T>(url: string, method: string, path: string, body?: object): Promise<T> {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: this.#headers,
      signal: AbortSignal.timeout(this.#timeoutMs),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (response.ok) return JSON.parse(text) as T;
    const isDown = response.status >= 500 || response.status === 429;
    throw failed(`${method} ${url}${path}: ${response.status} ${messageOf(text)}`, isDown);
  }
}

/** A promise by key; forgotten when it fails, so that it can be tried again. */
function kept<K, V>(known: Map<K, Promise<V>>, key: K, get: () => Promise<V>): Promise<V> {
  const existing = known.get(key);
  if (existing !== undefined) return existing;
  const promise = get();
  known.set(key, promise);
  promise.catch(() => known.delete(key));
  return promise;
}

function checkedUrl(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed === null || !/^https?:$/.test(parsed.protocol)) {
    const advice = 'expected one like http://localhost:8081';
    throw new WeirError('CONFIG_INVALID', `"${url}" is not a schema registry's address; ${advice}`);
  }
  if (parsed.username !== '' || parsed.password !== '') {
    const advice = 'give the credentials as basicAuth, "user:password"';
    throw new WeirError(
      'CONFIG_INVALID',
      `the schema registry's address has a password; ${advice}`,
    );
  }
  return url.replace(/\/+$/, '');
}

function messageOf(text: string): string {
  try {
    const { message } = JSON.parse(text) as { readonly message?: string };
    return message ?? text.slice(0, 200);
  } catch {
    return text.slice(0, 200);
  }
}

function failed(message: string, retryable: boolean, cause?: unknown): WeirError {
  return new WeirError('SCHEMA_REGISTRY_FAILED', message, { retryable, cause });
}
