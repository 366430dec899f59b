import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  ConfluentRegistryAvroDeserializationSchema,
  ConfluentRegistryAvroSerializationSchema,
} from './registry-schemas.ts';
import { SchemaRegistry } from './schema-registry.ts';

/** A schema registry of its own: what Confluent's answers for the requests that are made here. */
class Registry {
  readonly requests: string[] = [];
  readonly authorizations = new Set<string | undefined>();
  /** So many requests get an answer of 503. */
  down = 0;
  url = '';
  readonly #schemas: string[] = [];
  readonly #subjects = new Map<string, number[]>();
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '' } = request;
    this.requests.push(`${method} ${url}`);
    this.authorizations.add(request.headers.authorization);
    const body = await bodyOf(request);
    const [status, answer] = this.down-- > 0 ? [503, {}] : this.#handle(method, url, body);
    response.writeHead(status as number).end(JSON.stringify(answer));
  }

  #handle(method: string, url: string, body: string): [number, object] {
    const byId = /^\/schemas\/ids\/(\d+)$/.exec(url);
    if (method === 'GET' && byId !== null) {
      const schema = this.#schemas[Number(byId[1]) - 1];
      const missing = { error_code: 40_403, message: 'Schema not found' };
      return schema === undefined ? [404, missing] : [200, { schema }];
    }
    const subject = /^\/subjects\/([^/]+)(\/versions)?$/.exec(url);
    if (method !== 'POST' || subject === null) return [405, { message: 'not allowed' }];
    const { schema } = JSON.parse(body) as { readonly schema: string };
    const ids = this.#subjects.get(subject[1]!) ?? [];
    const known = ids.find((id) => this.#schemas[id - 1] === schema);
    if (known !== undefined) return [200, { id: known }];
    if (subject[2] === undefined)
      return [404, { error_code: 40_401, message: 'Subject not found' }];
    const at = this.#schemas.indexOf(schema);
    const id = at >= 0 ? at + 1 : this.#schemas.push(schema);
    this.#subjects.set(subject[1]!, [...ids, id]);
    return [200, { id }];
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}

const CLICK = { type: 'record', name: 'Click', fields: [{ name: 'user', type: 'string' }] };
const CLICK_2 = {
  ...CLICK,
  fields: [...CLICK.fields, { name: 'page', type: 'string', default: '/' }],
};

let registry: Registry;
beforeEach(async () => {
  registry = new Registry();
  await registry.start();
});
afterEach(() => registry.stop());

async function written(schema: object, value: object, subject = 'clicks-value') {
  const write = ConfluentRegistryAvroSerializationSchema.forGeneric(subject, schema, registry.url);
  await write.open();
  return write.serialize(value);
}

describe('Avro with a schema registry', () => {
  it('frames records with the id of their schema, and reads them by it', async () => {
    const bytes = await written(CLICK, { user: 'ada' });
    expect([...bytes.subarray(0, 5)]).toEqual([0, 0, 0, 0, 1]);
    const read = ConfluentRegistryAvroDeserializationSchema.forGeneric<object>(null, registry.url);
    await read.prepare(bytes);
    expect(read.prepare(bytes)).toBeNull();
    expect({ ...read.deserialize(bytes) }).toEqual({ user: 'ada' });
    expect(registry.requests).toEqual([
      'POST /subjects/clicks-value/versions',
      'GET /schemas/ids/1',
    ]);
  });

  it('reads records of several schemas as the one that the job knows', async () => {
    const [older, newer] = [
      await written(CLICK, { user: 'ada' }),
      await written(CLICK_2, { user: 'bob', page: '/x' }),
    ];
    const read = ConfluentRegistryAvroDeserializationSchema.forGeneric<object>(
      CLICK_2,
      registry.url,
    );
    await Promise.all([read.prepare(older), read.prepare(newer)]);
    expect([older, newer].map((bytes) => ({ ...read.deserialize(bytes) }))).toEqual([
      { user: 'ada', page: '/' },
      { user: 'bob', page: '/x' },
    ]);
  });

  it('waits for a registry that is down for a while', async () => {
    registry.down = 2;
    expect([...(await written(CLICK, { user: 'ada' })).subarray(0, 5)]).toEqual([0, 0, 0, 0, 1]);
    expect(registry.requests).toHaveLength(3);
  });

  it('says which address does not answer, and that one may try again', async () => {
    const options = { url: registry.url, attempts: 1 };
    await registry.stop();
    const read = ConfluentRegistryAvroDeserializationSchema.forGeneric(null, options);
    await expect(read.prepare(Uint8Array.from([0, 0, 0, 0, 1]))).rejects.toMatchObject({
      code: 'SCHEMA_REGISTRY_FAILED',
      retryable: true,
      message: expect.stringContaining(registry.url),
    });
    await registry.start();
  });

  it('does not ask again for what is refused', async () => {
    const read = ConfluentRegistryAvroDeserializationSchema.forGeneric(null, registry.url);
    const unknown = Uint8Array.from([0, 0, 0, 0, 9]);
    await read.prepare(unknown);
    expect(read.prepare(unknown)).toBeNull();
    expect(() => read.deserialize(unknown)).toThrow(/404 Schema not found/);
    expect(registry.requests).toHaveLength(1);
    const write = ConfluentRegistryAvroSerializationSchema.forGeneric('s', CLICK, {
      url: registry.url,
      autoRegister: false,
    });
    await expect(write.open()).rejects.toThrow(/404 Subject not found/);
  });

  it('sends credentials, and keeps them out of its messages', async () => {
    const client = new SchemaRegistry({ url: registry.url, basicAuth: 'ada:secret', attempts: 1 });
    await expect(client.schemaById(5)).rejects.toThrow(expect.not.stringContaining('secret'));
    expect([...registry.authorizations]).toEqual(['Basic YWRhOnNlY3JldA==']);
    expect(() => new SchemaRegistry({ url: 'http://ada:secret@host' })).toThrow(/basicAuth/);
    expect(() => new SchemaRegistry({ url: 'localhost' })).toThrow(/not a schema registry/);
  });

  it('knows a record that was written without a registry', () => {
    const read = ConfluentRegistryAvroDeserializationSchema.forGeneric(null, registry.url);
    expect(() => read.prepare(Uint8Array.from([1, 2, 3]))).toThrow(/begins with 010203/);
    expect(() => read.prepare(new Uint8Array())).toThrow(/begins with nothing/);
  });
});
