/** May state that was written, or asked for before, be used with the types asked for now? */
import { type TypeInformation, WeirError } from '@weir/core';
import type { BackendState, RowReaders } from './backend-state.ts';
import type { StateDescription, TypeDescription } from './snapshot-format.ts';

/** @throws WeirError STATE_INCOMPATIBLE naming the state and both types */
export function resolveReaders(
  description: StateDescription,
  keyType: TypeInformation<unknown>,
  asked: readonly TypeInformation<unknown>[],
): RowReaders {
  const { name, kind, key, types: written, timed } = description;
  const roles = kind === 'map' ? ['map key', 'map value'] : ['value'];
  return {
    key: readerFor(name, 'key of the stream', key, keyType),
    types: asked.map((type, at) => {
      const was = written[at] ?? { typeName: '(nothing)', fingerprint: '' };
      return readerFor(name, roles[at] ?? 'value', was, type);
    }),
    timed,
  };
}

/** The error for a name that is taken by another kind or type of state; null if it is the same. */
export function stateConflict(
  name: string,
  existing: BackendState,
  kind: BackendState['kind'],
  types: readonly TypeInformation<unknown>[],
): WeirError | null {
  const before = describe(existing.kind, existing.types);
  const now = describe(kind, types);
  const same =
    existing.kind === kind &&
    types.every((type, at) => type.fingerprint === existing.types[at]?.fingerprint);
  if (same) return null;
  return new WeirError(
    'ARGUMENT_INVALID',
    `the state '${name}' is asked for as ${now}, but this operator has it as ${before} already; ` +
      'names of states must differ within an operator',
    { context: { state: name, before, now } },
  );
}

function describe(kind: string, types: readonly TypeInformation<unknown>[]): string {
  return `${kind} of ${types.map((type) => type.typeName).join(' → ')}`;
}

function readerFor(
  state: string,
  role: string,
  written: TypeDescription,
  asked: TypeInformation<unknown>,
): TypeInformation<unknown> {
  const compatibility = asked.compatibleWith(written.fingerprint);
  if (compatibility.kind === 'as-is') return asked;
  if (compatibility.kind === 'migrate') return compatibility.reader;
  throw new WeirError(
    'STATE_INCOMPATIBLE',
    `the state '${state}' was written with a ${role} of type ${written.typeName}, which can't be ` +
      `read as ${asked.typeName}: ${compatibility.reason}. Keep the old type, make the change ` +
      'compatible, or give the state a new name to start it empty',
    { context: { state, written: written.typeName, asked: asked.typeName } },
  );
}
