/**
 * Avro with a schema registry, in Confluent's framing: a zero byte, the schema's id, the record.
 * Schemas are fetched before they are needed (`prepare`, `open`), so that reading a record never
 * waits.
 */
import { WeirError } from '@weir/core';
import { type AvroSchema, avroType, decodeAvro, encodeAvro, resolverOf } from './avro-type.ts';
import { SchemaRegistry, type SchemaRegistryOptions } from './schema-registry.ts';

const MAGIC = 0;
const HEADER_BYTES = 5;

type Decode = (bytes: Uint8Array) => unknown;

/** Reads records by the schema that each names, as the given schema. */
export class ConfluentRegistryAvroDeserializationSchema<T> {
  readonly producedType = null;
  readonly #reader: ReturnType<typeof avroType> | null;
  readonly #registry: SchemaRegistry;
  readonly #decoders = new Map<number, Decode>();

  private constructor(schema: AvroSchema | null, options: SchemaRegistryOptions) {
    this.#reader = schema === null ? null : avroType(schema);
    this.#registry = new SchemaRegistry(options);
  }

  /**
   * @param schema what the job reads; null = each record as it was written.
   * @throws WeirError FORMAT_INVALID, CONFIG_INVALID
   */
  static forGeneric<T>(
    schema: AvroSchema | null,
    options: string | SchemaRegistryOptions,
  ): ConfluentRegistryAvroDeserializationSchema<T> {
    return new ConfluentRegistryAvroDeserializationSchema<T>(schema, optionsOf(options));
  }

  /**
   * Null when the record can be read at once; else resolves when it can.
   * @throws WeirError FORMAT_INVALID for bytes without a schema's id; rejects with
   * SCHEMA_REGISTRY_FAILED where the registry does not answer.
   */
  prepare(bytes: Uint8Array): Promise<void> | null {
    const id = schemaIdOf(bytes);
    return this.#decoders.has(id) ? null : this.#learn(id);
  }

  /** @throws WeirError FORMAT_INVALID; a record must be prepared. */
  deserialize(bytes: Uint8Array): T {
    const id = schemaIdOf(bytes);
    const decode = this.#decoders.get(id);
    if (decode !== undefined) return decode(bytes) as T;
    throw new WeirError('FORMAT_INVALID', `schema ${id} was not fetched before its first record`);
  }

  /** What the registry refuses is told with each record, which can then be left out. */
  async #learn(id: number): Promise<void> {
    try {
      await this.#makeDecoder(id);
    } catch (error) {
      if (!(error instanceof WeirError) || error.retryable) throw error;
      this.#decoders.set(id, () => {
        throw error;
      });
    }
  }

  async #makeDecoder(id: number): Promise<void> {
    const writer = avroType(await this.#registry.schemaById(id), `schema ${id} of the registry`);
    const reader = this.#reader;
    if (reader === null) {
      this.#decoders.set(id, (bytes) => decodeAvro(writer, bytes, HEADER_BYTES));
      return;
    }
    const resolver = resolverOf(reader, writer);
    this.#decoders.set(id, (bytes) => decodeAvro(reader, bytes, HEADER_BYTES, resolver));
  }
}

export interface RegistrySerializationOptions extends SchemaRegistryOptions {
  /** Default true: the schema is added to the subject if it is not there. */
  readonly autoRegister?: boolean;
}

/** Writes records of a given schema, by the id that the registry knows it by. */
export class ConfluentRegistryAvroSerializationSchema<T> {
  readonly #type: ReturnType<typeof avroType>;
  readonly #schema: AvroSchema;
  readonly #subject: string;
  readonly #registry: SchemaRegistry;
  readonly #register: boolean;
  #header: Uint8Array | null = null;

  private constructor(subject: string, schema: AvroSchema, options: RegistrySerializationOptions) {
    this.#type = avroType(schema);
    this.#schema = schema;
    this.#subject = subject;
    this.#registry = new SchemaRegistry(options);
    this.#register = options.autoRegister ?? true;
  }

  /**
   * @param subject by convention the topic's name and `-value` or `-key`.
   * @throws WeirError FORMAT_INVALID, CONFIG_INVALID
   */
  static forGeneric<T>(
    subject: string,
    schema: AvroSchema,
    options: string | RegistrySerializationOptions,
  ): ConfluentRegistryAvroSerializationSchema<T> {
    return new ConfluentRegistryAvroSerializationSchema<T>(subject, schema, optionsOf(options));
  }

  /** Before the first record. @throws WeirError SCHEMA_REGISTRY_FAILED */
  async open(): Promise<void> {
    const id = await this.#registry.idOf(this.#subject, this.#schema, this.#register);
    const header = Buffer.alloc(HEADER_BYTES);
    header.writeUInt8(MAGIC, 0);
    header.writeInt32BE(id, 1);
    this.#header = header;
  }

  /** @throws WeirError FORMAT_INVALID naming the field that does not fit. */
  serialize(record: T): Uint8Array {
    if (this.#header === null) {
      throw new WeirError('FORMAT_INVALID', `the schema of ${this.#subject} was not registered`);
    }
    return Buffer.concat([this.#header, encodeAvro(this.#type, record)]);
  }
}

function optionsOf<O extends SchemaRegistryOptions>(options: string | O): O {
  return typeof options === 'string' ? ({ url: options } as O) : options;
}

function schemaIdOf(bytes: Uint8Array): number {
  if (bytes.length >= HEADER_BYTES && bytes[0] === MAGIC) {
    return new DataView(bytes.buffer, bytes.byteOffset).getInt32(1);
  }
  const hex = Buffer.from(bytes.subarray(0, HEADER_BYTES)).toString('hex');
  throw new WeirError(
    'FORMAT_INVALID',
    `the record begins with ${hex === '' ? 'nothing' : hex}, not with 00 and a schema's id; was ` +
      'it written with a schema registry? If not, read it with AvroDeserializationSchema',
  );
}
