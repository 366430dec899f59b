/**
 * Freezes emitted records and all they hold (the verify switch): a function that changes a record
 * after emitting it then fails at that line. Typed arrays can't be frozen and are left alone.
 */
export function deepFreeze(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  if (ArrayBuffer.isView(value) || Object.isFrozen(value)) return;
  Object.freeze(value);
  if (value instanceof Map) {
    for (const [key, item] of value) {
      deepFreeze(key);
      deepFreeze(item);
    }
    return;
  }
  if (value instanceof Set) {
    for (const item of value) deepFreeze(item);
    return;
  }
  for (const item of Object.values(value)) deepFreeze(item);
}
