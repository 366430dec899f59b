/**
 * The functions of a bundle by their place in it. A profiler names what V8 has inlined by a line
 * only; this says whose line it is, and gives functions that the user left nameless a name.
 */
import {
  type AnyNode,
  type ArrowFunctionExpression,
  type FunctionDeclaration,
  type FunctionExpression,
  parse,
} from 'acorn';

type FunctionNode = FunctionDeclaration | FunctionExpression | ArrowFunctionExpression;

export interface TableFunction {
  readonly name: string;
  /** 1-based; where V8 says that it begins is within. */
  readonly line: number;
  /** 0-based. */
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

export class FunctionTable {
  /** Empty lines in front of the bundle. */
  readonly firstLine: number;
  readonly #functions: readonly TableFunction[];

  /** Of no use, but harmless, for a text that can't be parsed. */
  constructor(code: string) {
    this.firstLine = leadingLines(code);
    this.#functions = functionsOf(code);
  }

  /** The innermost one at this place, 1-based line and 0-based column; null at the top level. */
  at(line: number, column: number): TableFunction | null {
    return this.#innermost(
      (one) =>
        (one.line < line || (one.line === line && one.column <= column)) &&
        (one.endLine > line || (one.endLine === line && one.endColumn >= column)),
    );
  }

  /** The innermost one of this line, of several within the line the outermost; null = top level. */
  onLine(line: number): TableFunction | null {
    return this.#innermost((one) => one.line <= line && line <= one.endLine);
  }

  /** Fewest lines; of those within one line the outermost, which comes first. */
  #innermost(holds: (one: TableFunction) => boolean): TableFunction | null {
    let found: TableFunction | null = null;
    for (const one of this.#functions) {
      if (!holds(one)) continue;
      if (found === null || linesOf(one) < linesOf(found)) found = one;
    }
    return found;
  }
}

function linesOf({ line, endLine }: TableFunction): number {
  return endLine - line;
}

function leadingLines(code: string): number {
  let lines = 0;
  while (code.charCodeAt(lines) === 10) lines++;
  return lines;
}

function functionsOf(code: string): TableFunction[] {
  const functions: TableFunction[] = [];
  try {
    const program = parse(code, { ecmaVersion: 'latest', sourceType: 'module', locations: true });
    collect(program, '', functions);
  } catch {
    // Newer syntax than the parser knows: names and lines of what V8 sees itself remain.
  }
  return functions;
}

/** Depth first, in the order of the text. `name` is what the surroundings call the node. */
function collect(node: AnyNode, name: string, functions: TableFunction[]): void {
  if (isFunction(node)) {
    const { loc, id } = node;
    const own = id?.name ?? name;
    functions.push({
      name: own === '' ? '(anonymous)' : own,
      line: loc!.start.line,
      column: loc!.start.column,
      endLine: loc!.end.line,
      endColumn: loc!.end.column,
    });
  }
  for (const [key, value] of Object.entries(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (isNode(child)) collect(child, nameOf(node, key), functions);
    }
  }
}

/** What a function in this place would be called. */
function nameOf(parent: AnyNode, key: string): string {
  switch (parent.type) {
    case 'VariableDeclarator':
      return parent.id.type === 'Identifier' ? parent.id.name : '';
    case 'AssignmentExpression':
      return key === 'right' ? textOf(parent.left) : '';
    case 'Property':
    case 'MethodDefinition':
    case 'PropertyDefinition':
      return key === 'value' ? textOf(parent.key) : '';
    case 'CallExpression': {
      const called = key === 'arguments' ? textOf(parent.callee) : '';
      return called === '' ? '' : `(${called})`;
    }
    default:
      return '';
  }
}

function textOf(node: AnyNode): string {
  switch (node.type) {
    case 'Identifier':
    case 'PrivateIdentifier':
      return node.name;
    case 'MemberExpression':
      return textOf(node.property);
    default:
      return '';
  }
}

function isFunction(node: AnyNode): node is FunctionNode {
  return (
    node.type === 'FunctionDeclaration' ||
    node.type === 'FunctionExpression' ||
    node.type === 'ArrowFunctionExpression'
  );
}

function isNode(value: unknown): value is AnyNode {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value;
}
