import type {
  DataInput,
  DataOutput,
  EventTimeMs,
  TypeCompatibility,
  TypeInformation,
} from '@weir/core';

/** An input whose asynchronous call had not been answered, or not been emitted, at a snapshot. */
export interface InFlightInput {
  readonly row: unknown;
  readonly timestampMs: EventTimeMs;
}

const PREFIX = 'inFlight:';

/** Writes inputs in flight: the timestamp, then the record as its own type writes it. */
export function inFlightType(rowType: TypeInformation<unknown>): TypeInformation<InFlightInput> {
  return {
    typeName: `inFlight{${rowType.typeName}}`,
    fingerprint: PREFIX + rowType.fingerprint,
    immutable: rowType.immutable,
    serialize(value: InFlightInput, output: DataOutput): void {
      output.writeFloat64(value.timestampMs);
      rowType.serialize(value.row, output);
    },
    deserialize(input: DataInput): InFlightInput {
      const timestampMs = input.readFloat64();
      return { timestampMs, row: rowType.deserialize(input) };
    },
    copy(value: InFlightInput): InFlightInput {
      return { timestampMs: value.timestampMs, row: rowType.copy(value.row) };
    },
    equals(left: InFlightInput, right: InFlightInput): boolean {
      return left.timestampMs === right.timestampMs && rowType.equals(left.row, right.row);
    },
    compatibleWith(fingerprint: string): TypeCompatibility<InFlightInput> {
      if (!fingerprint.startsWith(PREFIX)) {
        return { kind: 'incompatible', reason: 'it holds no inputs of an async operator' };
      }
      const inner = rowType.compatibleWith(fingerprint.slice(PREFIX.length));
      if (inner.kind !== 'migrate') return inner;
      return { kind: 'migrate', reader: inFlightType(inner.reader) };
    },
  };
}
