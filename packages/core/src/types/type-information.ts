/**
 * How values of one type are written, copied and compared. Types cross borders explicitly:
 * they come from sources and from `.returns(types.object({…}))`; where neither says anything,
 * the self-describing `types.any()` is used.
 */
import type { DataInput } from './data-input.ts';
import type { DataOutput } from './data-output.ts';

/** How state written with an older type can be read. */
export type TypeCompatibility<T> =
  | { readonly kind: 'as-is' }
  | { readonly kind: 'migrate'; readonly reader: TypeInformation<T> }
  | { readonly kind: 'incompatible'; readonly reason: string };

export interface TypeInformation<T> {
  /** For people: `object{user: string, amount: f64}`. */
  readonly typeName: string;
  /** Complete structural description, written beside state and compared on restore. */
  readonly fingerprint: string;
  /** True when values can never change, so that `copy` is the identity. */
  readonly immutable: boolean;
  /** @throws WeirError TYPE_INVALID or CLASS_NOT_REGISTERED naming the path of the misfit. */
  serialize(value: T, output: DataOutput): void;
  deserialize(input: DataInput): T;
  /** Deep copy. */
  copy(value: T): T;
  equals(left: T, right: T): boolean;
  /** May state written under `fingerprint` be read as this type? */
  compatibleWith(fingerprint: string): TypeCompatibility<T>;
}
