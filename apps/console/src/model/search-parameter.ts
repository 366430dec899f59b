/** Parameters of an address as parts of a view's search; what makes no sense is left out. */

/** The router reads digits as a number; a text of digits is a text all the same. */
export function textParameter<K extends string>(
  key: K,
  value: unknown,
): { readonly [P in K]?: string } {
  const text = typeof value === 'number' ? `${value}` : value;
  const fits = typeof text === 'string' && text !== '';
  return (fits ? { [key]: text } : {}) as { readonly [P in K]?: string };
}

/** A whole number from 0 on: a subtask, an id, epoch ms. */
export function countParameter<K extends string>(
  key: K,
  value: unknown,
): { readonly [P in K]?: number } {
  const fits = typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
  return (fits ? { [key]: value } : {}) as { readonly [P in K]?: number };
}
