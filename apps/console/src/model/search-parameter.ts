/**
 * Parameters of an address as parts of a view's search. What makes no sense is undefined by name:
 * the router hands on as it is whatever a view does not name.
 */
type Part<K extends string, T> = { readonly [P in K]?: T };

/** The router reads digits as a number; a text of digits is a text all the same. */
export function textParameter<K extends string>(key: K, value: unknown): Part<K, string> {
  const text = typeof value === 'number' ? `${value}` : value;
  return part(key, typeof text === 'string' && text !== '' ? text : undefined);
}

/** A whole number from 0 on: a subtask, an id, epoch ms. */
export function countParameter<K extends string>(key: K, value: unknown): Part<K, number> {
  const fits = typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
  return part(key, fits ? value : undefined);
}

/** One of a few words. */
export function choiceParameter<K extends string, const T extends string>(
  key: K,
  value: unknown,
  choices: readonly T[],
): Part<K, T> {
  return part(
    key,
    choices.find((one) => one === value),
  );
}

function part<K extends string, T>(key: K, value: T | undefined): Part<K, T> {
  return { [key]: value } as Part<K, T>;
}
