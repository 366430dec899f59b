/**
 * Which key, and which namespace, state access belongs to at the moment. One per backend; all
 * states and timer services read it. `group` is relative to the backend's range, -1 = no key.
 * Fields are public and the class is never extended: this is the hottest object of keyed state.
 */
import { type KeyGroupRange, keyGroupOf, WeirError } from '@weir/core';
import { type CanonicalKey, canonicalKey } from './canonical-key.ts';
import { CanonicalNamespaces } from './namespaces.ts';

export class KeyContext {
  readonly range: KeyGroupRange;
  readonly groupCount: number;
  readonly maxParallelism: number;
  key: unknown = undefined;
  canonical: CanonicalKey = undefined;
  group = -1;
  namespace: unknown = 0;
  space: CanonicalKey = 0;
  /** Changes with the key and with the namespace: what was looked up before is then stale. */
  serial = 0;
  readonly #namespaces = new CanonicalNamespaces();

  constructor(range: KeyGroupRange, maxParallelism: number) {
    this.range = range;
    this.groupCount = range.end - range.start + 1;
    this.maxParallelism = maxParallelism;
  }

  /** @throws WeirError ARGUMENT_INVALID when the key belongs to another subtask */
  setKey(key: unknown, keyHash: number): void {
    const group = keyGroupOf(keyHash, this.maxParallelism) - this.range.start;
    if (group < 0 || group >= this.groupCount) this.#failForeign(group);
    this.enterKey(key, canonicalKey(key), group);
  }

  /** For a key whose place is known. */
  enterKey(key: unknown, canonical: CanonicalKey, group: number): void {
    this.key = key;
    this.canonical = canonical;
    this.group = group;
    this.serial++;
  }

  clearKey(): void {
    this.key = undefined;
    this.canonical = undefined;
    this.group = -1;
    this.serial++;
  }

  setNamespace(namespace: unknown): void {
    if (namespace === this.namespace) return;
    const space = this.#namespaces.canonical(namespace);
    this.namespace = namespace;
    if (space === this.space) return;
    this.space = space;
    this.serial++;
  }

  #failForeign(group: number): never {
    const { start, end } = this.range;
    throw new WeirError(
      'ARGUMENT_INVALID',
      `key group ${group + start} does not belong to this subtask (${start} to ${end}): the key ` +
        'selector gave another key than when the record was sent. Make it deterministic, and ' +
        "don't change records after they were emitted",
    );
  }
}

/** State was used where no key is set. */
export function keyContextLost(what: string): WeirError {
  return new WeirError(
    'KEY_CONTEXT_LOST',
    `${what} was used outside of the synchronous call for a record or a timer, so there is no ` +
      'key that it belongs to. Use state before the first await and not in callbacks; for ' +
      'asynchronous look-ups put asyncMap in front and keep the state in a keyed function behind',
  );
}
