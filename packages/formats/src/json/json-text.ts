/** JSON as text: what every reader of it does where nothing faster fits. */
import { WeirError } from '@weir/core';

const SHOWN_LENGTH = 80;

/** The value of a text; undefined for nothing but space. @throws WeirError FORMAT_INVALID. */
export function parseJsonText(text: string): unknown {
  if (text.trim() === '') return undefined;
  try {
    return JSON.parse(text);
  } catch (cause) {
    const shown = text.length > SHOWN_LENGTH ? `${text.slice(0, SHOWN_LENGTH)}…` : text;
    const why = (cause as Error).message;
    throw new WeirError('FORMAT_INVALID', `"${shown}" is not JSON: ${why}`, { cause });
  }
}
