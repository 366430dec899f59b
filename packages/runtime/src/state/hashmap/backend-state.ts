/** What the backend asks of each of its states, whatever the kind. */
import type { DataInput, TypeInformation } from '@weir/core';
import type { SnapshotPart } from './snapshot-part.ts';

/** How restored rows of one description are decoded; readers may migrate older types. */
export interface RowReaders {
  readonly key: TypeInformation<unknown>;
  readonly types: readonly TypeInformation<unknown>[];
  readonly timed: boolean;
}

export interface BackendState {
  readonly kind: 'value' | 'list' | 'map';
  readonly types: readonly TypeInformation<unknown>[];
  /** Reads one row into the table; key group relative to the range. */
  restoreRow(input: DataInput, group: number, namespace: unknown, readers: RowReaders): void;
  /** Called synchronously in `snapshot()`. */
  snapshotPart(): SnapshotPart;
  /** The snapshot ended. */
  release(): void;
  stats(): { readonly entries: number; readonly bytes: number };
}

export function describeType(type: TypeInformation<unknown>): {
  readonly typeName: string;
  readonly fingerprint: string;
} {
  return { typeName: type.typeName, fingerprint: type.fingerprint };
}
