import type { RichFunction, RuntimeContext } from '@weir/core';

/** Opens a user function if it has a life cycle; plain functions have none. */
export function openFunction(fn: unknown, context: RuntimeContext): void | Promise<void> {
  if (isRich(fn)) return fn.open?.(context);
}

export function closeFunction(fn: unknown): void | Promise<void> {
  if (isRich(fn)) return fn.close?.();
}

function isRich(fn: unknown): fn is RichFunction {
  return typeof fn === 'object' && fn !== null;
}
