/**
 * Expressions over the columns of a batch, and the text of the code that computes them for row
 * `i`. A null in an operand makes the result null; a null predicate drops the row.
 * Used by `calc.ts`; the SQL planner produces the same tree.
 */
import { type Column, type ColumnSchema, type ColumnType, WeirError } from '@weir/core';

export type BinaryOperator = '+' | '-' | '*' | '/' | '<' | '<=' | '>' | '>=' | '=' | '<>';

export type ColumnExpression =
  | { readonly kind: 'column'; readonly name: string }
  | { readonly kind: 'number'; readonly value: number }
  | {
      readonly kind: 'binary';
      readonly operator: BinaryOperator;
      readonly left: ColumnExpression;
      readonly right: ColumnExpression;
    }
  | {
      readonly kind: 'and' | 'or';
      readonly left: ColumnExpression;
      readonly right: ColumnExpression;
    };

export function col(name: string): ColumnExpression {
  return { kind: 'column', name };
}

export function num(value: number): ColumnExpression {
  return { kind: 'number', value };
}

export function binary(
  left: ColumnExpression,
  operator: BinaryOperator,
  right: ColumnExpression,
): ColumnExpression {
  return { kind: 'binary', operator, left, right };
}

const JAVASCRIPT: Readonly<Record<BinaryOperator, string>> = {
  '+': '+',
  '-': '-',
  '*': '*',
  '/': '/',
  '<': '<',
  '<=': '<=',
  '>': '>',
  '>=': '>=',
  '=': '===',
  '<>': '!==',
};

/** The position of a column. @throws WeirError ARGUMENT_INVALID with the names there are. */
export function columnIndex(schema: readonly ColumnSchema[], name: string): number {
  const index = schema.findIndex((column) => column.name === name);
  if (index >= 0) return index;
  const names = schema.map((column) => column.name).join(', ');
  throw new WeirError('ARGUMENT_INVALID', `there is no column "${name}"; there are: ${names}`);
}

/** Code for the value of row `i`; columns are in scope as `v0`, `v1`, … */
export function valueCode(expression: ColumnExpression, schema: readonly ColumnSchema[]): string {
  switch (expression.kind) {
    case 'column':
      return numericColumn(expression.name, schema);
    case 'number':
      return `(${String(Number(expression.value))})`;
    case 'binary': {
      const left = valueCode(expression.left, schema);
      return `(${left} ${JAVASCRIPT[expression.operator]} ${valueCode(expression.right, schema)})`;
    }
    default: {
      const operator = expression.kind === 'and' ? '&&' : '||';
      const left = valueCode(expression.left, schema);
      return `(${left} ${operator} ${valueCode(expression.right, schema)})`;
    }
  }
}

/** Positions of all columns that an expression reads, each once. */
export function columnsOf(
  expression: ColumnExpression,
  schema: readonly ColumnSchema[],
): readonly number[] {
  const found = new Set<number>();
  const visit = (node: ColumnExpression): void => {
    if (node.kind === 'column') found.add(columnIndex(schema, node.name));
    else if (node.kind !== 'number') {
      visit(node.left);
      visit(node.right);
    }
  };
  visit(expression);
  return [...found];
}

export function typeOf(expression: ColumnExpression, schema: readonly ColumnSchema[]): ColumnType {
  if (expression.kind === 'column') return schema[columnIndex(schema, expression.name)]!.type;
  if (expression.kind === 'number') return 'f64';
  if (expression.kind !== 'binary') return 'bool';
  return '+-*/'.includes(expression.operator) ? 'f64' : 'bool';
}

/** The nulls of any of the columns, as one flag per row; null when there are none. */
export function nullsOf(
  columns: readonly Column[],
  read: readonly number[],
  count: number,
): Uint8Array | null {
  let nulls: Uint8Array | null = null;
  for (const index of read) {
    const own = columns[index]!.nulls;
    if (own === null) continue;
    if (nulls === null) {
      nulls = own.slice(0, count);
      continue;
    }
    for (let i = 0; i < count; i++) nulls[i]! |= own[i]!;
  }
  return nulls;
}

function numericColumn(name: string, schema: readonly ColumnSchema[]): string {
  const index = columnIndex(schema, name);
  if (schema[index]!.type !== 'string') return `v${index}[i]`;
  throw new WeirError(
    'ARGUMENT_INVALID',
    `column "${name}" is a string; expressions compute with numbers, select it as it is instead`,
  );
}
