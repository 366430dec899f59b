import { describe, expect, it } from 'vitest';
import { booleanOption, integerOption, stringOption } from '../config/configuration.ts';
import { types } from '../types/types.ts';
import { tableSink, tableSource } from './resolve-table.ts';
import type {
  CheckedTable,
  FormatFactory,
  TableDefinition,
  TableFactory,
} from './table-factory.ts';

const PATH = stringOption('path', '', { description: 'where it lies' });
const ROWS = integerOption('rows', 10, { description: 'How many.', aliases: ['count'] });
const FORMAT = stringOption('value.format', '', { description: 'Of the values.' });
const STRICT = booleanOption('strict', false, { description: 'Refuse more.' });

/** Remembers what it was given. */
class Recorder implements TableFactory {
  readonly identifier = 'recorder';
  readonly requiredOptions = [PATH];
  readonly optionalOptions = [ROWS];
  readonly formatOptions = [FORMAT];
  readonly optionPrefixes = ['client.'];
  table: CheckedTable | null = null;

  createSource(table: CheckedTable) {
    this.table = table;
    return { source: null as never, parallelism: 2 };
  }

  createSink(table: CheckedTable) {
    this.table = table;
    return { sink: null as never, parallelism: null };
  }
}

const LINES: FormatFactory = {
  identifier: 'lines',
  options: [STRICT],
  createFormat: (options) => ({
    deserializer: () => ({ producedType: null, deserialize: () => ({}) }),
    serializer: () => ({ serialize: () => String(options.get(STRICT)) }),
  }),
};

function definition(options: Record<string, string>): TableDefinition {
  const columns = [{ name: 'a', type: types.string() }];
  return { name: 't', columns, options: { connector: 'recorder', ...options } };
}

describe('a table', () => {
  const recorder = new Recorder();
  const factories = { connectors: [recorder], formats: [LINES] };

  it('gives its factory typed options, families, and formats with options of their own', () => {
    const options = {
      path: '/x',
      count: '3',
      'client.acks': 'all',
      'value.format': 'lines',
      'value.lines.strict': 'true',
    };
    expect(tableSource(definition(options), factories).parallelism).toBe(2);
    const table = recorder.table!;
    expect(table.options.get(ROWS)).toBe(3);
    expect(table.family('client.')).toEqual({ acks: 'all' });
    expect(table.format(FORMAT)?.serializer([]).serialize({})).toBe('true');
    tableSink(definition({ path: '/x' }), factories);
    expect(recorder.table!.options.get(ROWS)).toBe(10);
    expect(recorder.table!.format(FORMAT)).toBeNull();
  });

  it.each<[Record<string, string>, RegExp]>([
    [{}, /^table t: 'path' is missing: where it lies$/],
    [{ path: '/x', rows: 'many' }, /^table t: rows = "many": expected an integer/],
    [
      { path: '/x', row: '1' },
      /'row' is no option of the connector recorder; did you mean 'rows'\?/,
    ],
    [{ path: '/x', other: '1' }, /; it has connector, count, path, rows, value.format$/],
    [{ path: '/x', 'value.format': 'line' }, /'value.format' is "line", not one of lines/],
    [
      { path: '/x', 'value.format': 'lines', 'value.lines.strict': 'yes' },
      /value.lines.strict = "yes": expected true or false/,
    ],
    [{ connector: 'recorders', path: '/x' }, /"recorders"; set 'connector' to one of recorder$/],
  ])('with the options %o is refused', (options, message) => {
    expect(() => tableSource(definition(options), factories)).toThrow(message);
  });

  it('has columns', () => {
    const none = { ...definition({ path: '/x' }), columns: [] };
    expect(() => tableSink(none, factories)).toThrow(/^table t: it has no columns$/);
  });
});
