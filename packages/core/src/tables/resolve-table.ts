/**
 * From a table's definition to its source or sink: finds the factories by name and checks every
 * option before any of them is used, so that all that is wrong is said at once. Flink's FactoryUtil.
 */
import { type ConfigOption, Configuration, stringOption } from '../config/configuration.ts';
import { nearestName } from '../config/nearest-name.ts';
import { WeirError } from '../errors.ts';
import type {
  CheckedTable,
  FormatFactory,
  TableDefinition,
  TableFactories,
  TableFactory,
  TableFormat,
  TableSink,
  TableSource,
} from './table-factory.ts';

const CONNECTOR = stringOption('connector', '', { description: 'What the table lies in.' });

/** @throws WeirError CONFIG_INVALID naming the table and every option that is wrong. */
export function tableSource(table: TableDefinition, factories: TableFactories): TableSource {
  const factory = connectorOf(table, factories.connectors);
  return factory.createSource(checked(table, factory, factories.formats));
}

/** @throws WeirError CONFIG_INVALID naming the table and every option that is wrong. */
export function tableSink(table: TableDefinition, factories: TableFactories): TableSink {
  const factory = connectorOf(table, factories.connectors);
  return factory.createSink(checked(table, factory, factories.formats));
}

function connectorOf(table: TableDefinition, all: readonly TableFactory[]): TableFactory {
  const wanted = table.options[CONNECTOR.key];
  const found = all.find(({ identifier }) => identifier === wanted);
  if (found !== undefined) return found;
  const names = all.map(({ identifier }) => identifier).join(', ');
  const what = wanted === undefined ? 'has no connector' : `has the connector "${wanted}"`;
  throw invalid(table, `it ${what}; set 'connector' to one of ${names}`);
}

interface ChosenFormat {
  readonly factory: FormatFactory;
  /** Of its options: `value.json.`. */
  readonly prefix: string;
}

function checked(
  table: TableDefinition,
  factory: TableFactory,
  formats: readonly FormatFactory[],
): CheckedTable {
  const options = new Configuration(table.options);
  const { requiredOptions, optionalOptions, formatOptions } = factory;
  const own = [CONNECTOR, ...requiredOptions, ...optionalOptions, ...formatOptions];
  const chosen = new Map<string, ChosenFormat>();
  const problems: string[] = [];
  for (const option of requiredOptions) {
    if (!options.has(option)) problems.push(`'${option.key}' is missing: ${option.description}`);
  }
  for (const option of formatOptions) {
    const name = options.getText(option.key);
    if (name === null) continue;
    const format = formats.find(({ identifier }) => identifier === name);
    const prefix = `${option.key.slice(0, -'format'.length)}${name}.`;
    if (format !== undefined) chosen.set(option.key, { factory: format, prefix });
    else problems.push(`'${option.key}' is "${name}", not one of ${names(formats)}`);
  }
  const ofFormats = [...chosen.values()].map(({ factory: { options: list }, prefix }) =>
    list.map((option) => ({ ...option, key: prefix + option.key })),
  );
  const known = [...own, ...ofFormats.flat()];
  problems.push(...unknownKeys(table, known, factory), ...misfits(options, known));
  if (table.columns.length === 0) problems.push('it has no columns');
  if (problems.length > 0) throw invalid(table, problems.join('; '));
  return checkedTable(table, options, chosen);
}

function checkedTable(
  table: TableDefinition,
  options: Configuration,
  chosen: ReadonlyMap<string, ChosenFormat>,
): CheckedTable {
  const family = (prefix: string): Readonly<Record<string, string>> =>
    Object.fromEntries(
      Object.entries(table.options)
        .filter(([key]) => key.startsWith(prefix))
        .map(([key, text]) => [key.slice(prefix.length), text]),
    );
  const format = ({ key }: ConfigOption<string>): TableFormat | null => {
    const one = chosen.get(key);
    if (one === undefined) return null;
    return one.factory.createFormat(new Configuration(family(one.prefix)));
  };
  const { name, columns } = table;
  return { name, columns, options, family, format, invalid: (text) => invalid(table, text) };
}

function unknownKeys(
  { options }: TableDefinition,
  known: readonly ConfigOption<unknown>[],
  { identifier, optionPrefixes }: TableFactory,
): string[] {
  const keys = known.flatMap(({ key, aliases }) => [key, ...aliases]);
  return Object.keys(options)
    .filter((key) => !keys.includes(key) && !optionPrefixes.some((one) => key.startsWith(one)))
    .map((key) => {
      const near = nearestName(key, keys);
      const hint = near === null ? `it has ${keys.sort().join(', ')}` : `did you mean '${near}'?`;
      return `'${key}' is no option of the connector ${identifier}; ${hint}`;
    });
}

function misfits(options: Configuration, known: readonly ConfigOption<unknown>[]): string[] {
  return known.flatMap((option) => {
    try {
      options.get(option);
      return [];
    } catch (error) {
      return [(error as WeirError).message];
    }
  });
}

function names(formats: readonly FormatFactory[]): string {
  return formats.map(({ identifier }) => identifier).join(', ');
}

function invalid({ name }: TableDefinition, text: string): WeirError {
  return new WeirError('CONFIG_INVALID', `table ${name}: ${text}`);
}
