/**
 * A line of TypeScript, SQL or JSON in the parts that are coloured: comments, keywords, strings,
 * numbers. Line by line, so a line inside of a block comment is known by its leading star.
 *
 * Law: the texts of the parts put together are the line.
 */
export type CodeKind = 'plain' | 'comment' | 'keyword' | 'string' | 'number';

export interface CodeToken {
  readonly kind: CodeKind;
  readonly text: string;
}

const SCRIPT = `abstract as async await break case catch class const continue default delete do else
  enum export extends false finally for from function if implements import in instanceof interface
  let new null of override private readonly return satisfies set static super switch this throw true
  try type typeof undefined void while yield`;
const SQL = `and as by create from group having in insert into is join left like limit not null on or
  order primary key select set table true false union values view where with`;

const SCRIPT_WORDS = new Set(SCRIPT.split(/\s+/));
const SQL_WORDS = new Set(SQL.split(/\s+/));

const REST =
  /("(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?|`(?:[^`\\]|\\.)*`?)|(\b\d[\w.]*)|([A-Za-z_$#][\w$]*)|([^"'`\w$#/-]+|.)/;
const SCRIPT_PARTS = new RegExp(`(//.*|/\\*.*?(?:\\*/|$))|${REST.source}`, 'g');
const SQL_PARTS = new RegExp(`(--.*)|${REST.source}`, 'g');
/** ` * text` of a block comment. */
const WITHIN_COMMENT = /^\s*\*(\s|\/|$)/;

/** `file` says by its end which language it is in. */
export function codeTokens(line: string, file: string): CodeToken[] {
  const sql = file.endsWith('.sql');
  if (!sql && WITHIN_COMMENT.test(line)) return [{ kind: 'comment', text: line }];
  const tokens: CodeToken[] = [];
  for (const [text, comment, string, number, word] of line.matchAll(
    sql ? SQL_PARTS : SCRIPT_PARTS,
  )) {
    let kind: CodeKind = 'plain';
    if (comment !== undefined) kind = 'comment';
    else if (string !== undefined) kind = 'string';
    else if (number !== undefined) kind = 'number';
    else if (word !== undefined && isKeyword(word, sql)) kind = 'keyword';
    const last = tokens.at(-1);
    if (last?.kind === kind) tokens[tokens.length - 1] = { kind, text: last.text + text };
    else tokens.push({ kind, text });
  }
  return tokens;
}

function isKeyword(word: string, sql: boolean): boolean {
  return sql ? SQL_WORDS.has(word.toLowerCase()) : SCRIPT_WORDS.has(word);
}
