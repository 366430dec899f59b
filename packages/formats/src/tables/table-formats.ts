/** The formats that a table may name in its options, with Flink's options. */
import {
  booleanOption,
  type FormatFactory,
  type TableColumn,
  type TableRow,
  types,
  WeirError,
} from '@weir/core';
import {
  ByteArraySchema,
  JsonDeserializationSchema,
  JsonSerializationSchema,
  SimpleStringSchema,
} from '../schemas/text-schemas.ts';
import { rowReader, rowWriter } from './column-values.ts';

const IGNORE_PARSE_ERRORS = booleanOption('ignore-parse-errors', false, {
  description: 'Leave out what can’t be read instead of failing.',
});
const FAIL_ON_MISSING_FIELD = booleanOption('fail-on-missing-field', false, {
  description: 'Refuse objects that lack a column, also where it may be null.',
});

/** `json`: an object a record, its fields by the columns' names. */
export const jsonTableFormat: FormatFactory = {
  identifier: 'json',
  options: [IGNORE_PARSE_ERRORS, FAIL_ON_MISSING_FIELD],
  createFormat(options) {
    const ignores = options.get(IGNORE_PARSE_ERRORS);
    const failsOnMissing = options.get(FAIL_ON_MISSING_FIELD);
    return {
      deserializer(columns) {
        const schema = new JsonDeserializationSchema(rowReader(columns, failsOnMissing));
        return {
          producedType: rowType(columns),
          deserialize(bytes) {
            try {
              return schema.deserialize(bytes);
            } catch (error) {
              if (ignores) return null;
              throw error;
            }
          },
        };
      },
      serializer(columns) {
        const schema = new JsonSerializationSchema<TableRow>();
        const write = rowWriter(columns);
        return { serialize: (row) => schema.serialize(write(row)) };
      },
    };
  },
};

/** `raw`: the bytes or the text of the only column. */
export const rawTableFormat: FormatFactory = {
  identifier: 'raw',
  options: [],
  createFormat() {
    return {
      deserializer(columns) {
        const { name, schema } = onlyColumn(columns);
        return {
          producedType: rowType(columns),
          deserialize: (bytes) => ({ [name]: schema.deserialize(bytes) }),
        };
      },
      serializer(columns) {
        const { name, schema } = onlyColumn(columns);
        return { serialize: (row) => schema.serialize(row[name] as never) };
      },
    };
  },
};

function rowType(columns: readonly TableColumn[]) {
  return types.object(Object.fromEntries(columns.map(({ name, type }) => [name, type])));
}

function onlyColumn(columns: readonly TableColumn[]) {
  const [column, ...more] = columns;
  const typeName = column?.type.typeName;
  if (column !== undefined && more.length === 0 && typeName === 'string') {
    return { name: column.name, schema: new SimpleStringSchema() };
  }
  if (column !== undefined && more.length === 0 && typeName === 'bytes') {
    return { name: column.name, schema: new ByteArraySchema() };
  }
  const found = columns.map(({ name, type }) => `${name} ${type.typeName}`).join(', ');
  const text = `the format raw has one column, string or bytes, not ${found || 'none'}`;
  throw new WeirError('CONFIG_INVALID', text);
}
