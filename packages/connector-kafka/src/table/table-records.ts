/** Which columns lie in a record's key and which in its value, and rows made of both. */
import {
  type CheckedTable,
  type DeserializationSchema,
  type SerializationSchema,
  type TableColumn,
  type TableFormat,
  type TableRow,
  types,
} from '@weir/core';
import type { KafkaRecordDeserializationSchema } from '../source/deserializers.ts';
import {
  FORMAT,
  KEY_FIELDS,
  KEY_FORMAT,
  VALUE_FIELDS_INCLUDE,
  VALUE_FORMAT,
} from './table-options.ts';

interface Part {
  readonly format: TableFormat;
  readonly columns: readonly TableColumn[];
}

export interface RecordParts {
  /** Null: keys are not read, and records are written without one. */
  readonly key: Part | null;
  readonly value: Part;
}

/** @throws WeirError CONFIG_INVALID for formats and columns that do not go together. */
export function recordParts(table: CheckedTable): RecordParts {
  const { options, columns } = table;
  const formats = [FORMAT, VALUE_FORMAT].filter((option) => options.has(option));
  const format = formats.length === 1 ? table.format(formats[0]!) : null;
  if (format === null) throw table.invalid("set one of 'format' and 'value.format'");
  const keyFormat = table.format(KEY_FORMAT);
  const names = listOf(options.get(KEY_FIELDS));
  if ((keyFormat === null) !== (names.length === 0)) {
    throw table.invalid("'key.format' and 'key.fields' go together; set both or none");
  }
  const keyColumns = names.map((name) => {
    const column = columns.find((each) => each.name === name);
    if (column !== undefined) return column;
    const all = columns.map((each) => each.name).join(', ');
    throw table.invalid(`'key.fields' names ${name}, and the columns are ${all}`);
  });
  const without = options.get(VALUE_FIELDS_INCLUDE) === 'EXCEPT_KEY';
  if (without && keyFormat === null) {
    throw table.invalid("'value.fields-include' = 'EXCEPT_KEY' needs 'key.fields'");
  }
  const valueColumns = without ? columns.filter((column) => !keyColumns.includes(column)) : columns;
  return {
    key: keyFormat === null ? null : { format: keyFormat, columns: keyColumns },
    value: { format, columns: valueColumns },
  };
}

/** Rows of keys and values; where both have a column it is the value's. Tombstones give none. */
export function rowsOfRecords(
  { columns }: CheckedTable,
  key: Part,
  value: Part,
): KafkaRecordDeserializationSchema<TableRow> {
  const keys: DeserializationSchema<TableRow> = key.format.deserializer(key.columns);
  const values: DeserializationSchema<TableRow> = value.format.deserializer(value.columns);
  const nothing = Object.fromEntries(key.columns.map(({ name }) => [name, null]));
  return {
    producedType: types.object(Object.fromEntries(columns.map(({ name, type }) => [name, type]))),
    deserialize(record, out) {
      const row = record.value === null ? null : values.deserialize(record.value);
      if (row === null) return;
      const ofKey = record.key === null ? nothing : keys.deserialize(record.key);
      if (ofKey !== null) out.collect({ ...ofKey, ...row });
    },
  };
}

export function serializerOf({ format, columns }: Part): SerializationSchema<TableRow> {
  return format.serializer(columns);
}

/** Items between semicolons. */
export function listOf(text: string): string[] {
  return text
    .split(';')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}
