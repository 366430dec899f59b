/** Where a table's options say that reading begins and ends. */
import type { CheckedTable, ConfigOption } from '@weir/core';
import { type OffsetResetStrategy, OffsetsInitializer } from '../source/offsets-initializer.ts';
import {
  BOUNDED_MODE,
  BOUNDED_OFFSETS,
  BOUNDED_TIMESTAMP,
  PROPERTIES,
  STARTUP_MODE,
  STARTUP_OFFSETS,
  STARTUP_TIMESTAMP,
} from './table-options.ts';

interface ModeOptions {
  readonly mode: ConfigOption<string>;
  readonly timestamp: ConfigOption<number>;
  readonly offsets: ConfigOption<string>;
}

const STARTUP: ModeOptions = {
  mode: STARTUP_MODE as ConfigOption<string>,
  timestamp: STARTUP_TIMESTAMP,
  offsets: STARTUP_OFFSETS,
};
const BOUNDED: ModeOptions = {
  mode: BOUNDED_MODE as ConfigOption<string>,
  timestamp: BOUNDED_TIMESTAMP,
  offsets: BOUNDED_OFFSETS,
};

/** @throws WeirError CONFIG_INVALID for a mode without what it needs. */
export function startingOffsets(
  table: CheckedTable,
  topics: readonly string[],
): OffsetsInitializer {
  return offsetsOf(table, topics, STARTUP) ?? OffsetsInitializer.earliest();
}

/** Null = never. @throws WeirError CONFIG_INVALID for a mode without what it needs. */
export function stoppingOffsets(
  table: CheckedTable,
  topics: readonly string[],
): OffsetsInitializer | null {
  return offsetsOf(table, topics, BOUNDED);
}

function offsetsOf(
  table: CheckedTable,
  topics: readonly string[],
  { mode, timestamp, offsets }: ModeOptions,
): OffsetsInitializer | null {
  const { options } = table;
  const chosen = options.get(mode);
  const needs = (option: ConfigOption<unknown>): void => {
    if (options.has(option)) return;
    throw table.invalid(`'${mode.key}' = '${chosen}' needs '${option.key}'`);
  };
  switch (chosen) {
    case 'earliest-offset':
      return OffsetsInitializer.earliest();
    case 'latest-offset':
      return OffsetsInitializer.latest();
    case 'timestamp':
      needs(timestamp);
      return OffsetsInitializer.timestamp(options.get(timestamp));
    case 'specific-offsets':
      needs(offsets);
      return OffsetsInitializer.offsets(givenOffsets(table, topics, offsets));
    case 'group-offsets':
      return OffsetsInitializer.committedOffsets(groupReset(table, mode));
    default:
      return null;
  }
}

function groupReset(table: CheckedTable, mode: ConfigOption<string>): OffsetResetStrategy {
  const properties = table.family(PROPERTIES);
  if (properties['group.id'] === undefined) {
    const which = table.options.has(mode) ? `'${mode.key}' = 'group-offsets'` : `'${mode.key}'`;
    throw table.invalid(
      `${which} needs 'properties.group.id'; or set '${mode.key}' to 'earliest-offset'`,
    );
  }
  const reset = properties['auto.offset.reset']?.toUpperCase();
  return reset === 'EARLIEST' || reset === 'LATEST' ? reset : 'NONE';
}

const GIVEN = /^partition:(\d+),offset:(\d+)$/;

/** `partition:0,offset:42;partition:1,offset:300`. */
function givenOffsets(
  table: CheckedTable,
  topics: readonly string[],
  option: ConfigOption<string>,
): Array<{ readonly topic: string; readonly partition: number; readonly offset: number }> {
  const [topic, ...more] = topics;
  if (topic === undefined || more.length > 0) {
    throw table.invalid(`'${option.key}' is for one topic; name it with 'topic'`);
  }
  return table.options
    .get(option)
    .split(';')
    .map((text) => {
      const match = GIVEN.exec(text.trim());
      if (match !== null) {
        return { topic, partition: Number(match[1]), offset: Number(match[2]) };
      }
      throw table.invalid(
        `'${option.key}' has "${text}"; it is written partition:0,offset:42;partition:1,offset:300`,
      );
    });
}
