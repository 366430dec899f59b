/** One CSV record as RFC 4180 describes it: fields of text, quoted where they need it. */
import { WeirError } from '@weir/core';

/**
 * The fields of one record, without its line break.
 * @throws WeirError FORMAT_INVALID for a quote where none may stand. O(length).
 * @example parseCsvRecord('1,"a ""b""",') // ['1', 'a "b"', '']
 */
export function parseCsvRecord(text: string, delimiter = ','): string[] {
  if (!text.includes('"')) return text.split(delimiter);
  const fields: string[] = [];
  let at = 0;
  for (;;) {
    if (text[at] === '"') {
      const end = closingQuote(text, at);
      fields.push(text.slice(at + 1, end).replaceAll('""', '"'));
      at = end + 1;
      if (at < text.length && text[at] !== delimiter) {
        misfit(text, `expected "${delimiter}" after a closing quote`, at);
      }
    } else {
      const next = text.indexOf(delimiter, at);
      const end = next < 0 ? text.length : next;
      const field = text.slice(at, end);
      const quote = field.indexOf('"');
      if (quote >= 0) misfit(text, 'a field with a quote must be quoted as a whole', at + quote);
      fields.push(field);
      at = end;
    }
    if (at >= text.length) return fields;
    at++;
    if (at === text.length) {
      fields.push('');
      return fields;
    }
  }
}

/**
 * The inverse of `parseCsvRecord`; fields are quoted only where they need it.
 * @example formatCsvRecord(['1', 'a "b"', '']) // '1,"a ""b""",'
 */
export function formatCsvRecord(fields: readonly string[], delimiter = ','): string {
  let text = '';
  for (let i = 0; i < fields.length; i++) {
    if (i > 0) text += delimiter;
    text += quoteField(fields[i] as string, delimiter);
  }
  // A record of one empty field must not look like an empty line.
  return fields.length === 1 && text === '' ? '""' : text;
}

function quoteField(field: string, delimiter: string): string {
  const plain =
    !field.includes(delimiter) &&
    !field.includes('"') &&
    !field.includes('\n') &&
    !field.includes('\r');
  return plain ? field : `"${field.replaceAll('"', '""')}"`;
}

function closingQuote(text: string, opening: number): number {
  let at = opening + 1;
  for (;;) {
    const quote = text.indexOf('"', at);
    if (quote < 0) misfit(text, 'a quoted field is not closed', opening);
    if (text[quote + 1] !== '"') return quote;
    at = quote + 2;
  }
}

function misfit(text: string, why: string, at: number): never {
  const shown = text.length > 80 ? `${text.slice(0, 80)}…` : text;
  throw new WeirError('FORMAT_INVALID', `${why} (character ${at + 1} of the record "${shown}")`);
}
