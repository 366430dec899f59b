/**
 * Connectors and formats as tables: what a table's definition needs of them. Factories say which
 * options they have; options are checked before a factory is asked for anything
 * (`resolve-table.ts`). Semantics: Flink's DynamicTableFactory, its options and their names.
 */
import type { ConfigOption, Configuration } from '../config/configuration.ts';
import type { DeserializationSchema, SerializationSchema } from '../schemas.ts';
import type { Sink } from '../sink.ts';
import type { Source } from '../source.ts';
import type { TypeInformation } from '../types/type-information.ts';

export interface TableColumn {
  readonly name: string;
  readonly type: TypeInformation<unknown>;
}

/** A value by the name of its column. */
export type TableRow = Readonly<Record<string, unknown>>;

/** As somebody has written it: `CREATE TABLE name (columns) WITH (options)`. */
export interface TableDefinition {
  readonly name: string;
  /** In their order; at least one. */
  readonly columns: readonly TableColumn[];
  /** Text by key; `connector` says whose they are. */
  readonly options: Readonly<Record<string, string>>;
}

export interface TableSource {
  readonly source: Source<TableRow>;
  /** Null = that of the job. */
  readonly parallelism: number | null;
}

export interface TableSink {
  readonly sink: Sink<TableRow, unknown>;
  readonly parallelism: number | null;
}

/** A format of a table with its options, ready to be used for some of the columns. */
export interface TableFormat {
  deserializer(columns: readonly TableColumn[]): DeserializationSchema<TableRow>;
  serializer(columns: readonly TableColumn[]): SerializationSchema<TableRow>;
}

/** A definition whose options are known, typed and complete. */
export interface CheckedTable {
  readonly name: string;
  readonly columns: readonly TableColumn[];
  readonly options: Configuration;
  /** The options of a family without its prefix: of `properties.`, `bootstrap.servers` and so on. */
  family(prefix: string): Readonly<Record<string, string>>;
  /** The format that the option names; null where it is not there. */
  format(option: ConfigOption<string>): TableFormat | null;
  /** An error that names the table: `table clicks: …`. */
  invalid(text: string): Error;
}

export interface TableFactory {
  /** Value of the option `connector`. */
  readonly identifier: string;
  readonly requiredOptions: readonly ConfigOption<unknown>[];
  readonly optionalOptions: readonly ConfigOption<unknown>[];
  /**
   * Options that name a format. Their keys end with `format`; options of the format have the
   * beginning of the key and its identifier before their own: `value.json.ignore-parse-errors`.
   */
  readonly formatOptions: readonly ConfigOption<string>[];
  /** Families of options whose keys are somebody else's, e.g. `properties.`. */
  readonly optionPrefixes: readonly string[];
  /** @throws WeirError CONFIG_INVALID for options that do not go together. */
  createSource(table: CheckedTable): TableSource;
  /** @throws WeirError CONFIG_INVALID for options that do not go together. */
  createSink(table: CheckedTable): TableSink;
}

export interface FormatFactory {
  /** Value of the options that name it: `json`. */
  readonly identifier: string;
  /** By their own keys, without the format's name. */
  readonly options: readonly ConfigOption<unknown>[];
  /** @throws WeirError CONFIG_INVALID for columns that it can't have. */
  createFormat(options: Configuration): TableFormat;
}

/** What there is to choose from. */
export interface TableFactories {
  readonly connectors: readonly TableFactory[];
  readonly formats: readonly FormatFactory[];
}
