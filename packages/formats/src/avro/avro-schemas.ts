/** Avro with a schema that both sides know: the bytes carry nothing but the record. */
import { type AvroSchema, avroType, decodeAvro, encodeAvro, resolverOf } from './avro-type.ts';

/**
 * Reads records of a given schema.
 * @example AvroDeserializationSchema.forGeneric<Payment>({ type: 'record', name: 'Payment', … })
 */
export class AvroDeserializationSchema<T> {
  readonly producedType = null;
  readonly #decode: (bytes: Uint8Array) => unknown;

  private constructor(decode: (bytes: Uint8Array) => unknown) {
    this.#decode = decode;
  }

  /**
   * @param writerSchema what the records were written with, where that is another one; fields are
   * matched by name, missing ones get the reader's defaults.
   * @throws WeirError FORMAT_INVALID for a schema that is wrong, or two that do not fit.
   */
  static forGeneric<T>(
    schema: AvroSchema,
    writerSchema: AvroSchema = schema,
  ): AvroDeserializationSchema<T> {
    const reader = avroType(schema);
    if (writerSchema === schema) {
      return new AvroDeserializationSchema((bytes) => decodeAvro(reader, bytes, 0));
    }
    const resolver = resolverOf(reader, avroType(writerSchema, 'the writer’s Avro schema'));
    return new AvroDeserializationSchema((bytes) => decodeAvro(reader, bytes, 0, resolver));
  }

  /** @throws WeirError FORMAT_INVALID for bytes that hold no record of the schema. */
  deserialize(bytes: Uint8Array): T {
    return this.#decode(bytes) as T;
  }
}

/** Writes records of a given schema. */
export class AvroSerializationSchema<T> {
  readonly #type: ReturnType<typeof avroType>;

  private constructor(schema: AvroSchema) {
    this.#type = avroType(schema);
  }

  /** @throws WeirError FORMAT_INVALID for a schema that is wrong. */
  static forGeneric<T>(schema: AvroSchema): AvroSerializationSchema<T> {
    return new AvroSerializationSchema<T>(schema);
  }

  /** @throws WeirError FORMAT_INVALID naming the field that does not fit. */
  serialize(record: T): Uint8Array {
    return encodeAvro(this.#type, record);
  }
}
