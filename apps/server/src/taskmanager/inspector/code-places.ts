/**
 * What V8 calls a function, in the user's terms: whose file it is in, where that file is, and
 * which line. Reads the bundle and its source map once, when the first profile needs them.
 */
import { readFileSync } from 'node:fs';
import type { SourceMap } from 'node:module';
import { relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type CodeKind, GENERATED_LINE } from '@weir/runtime';
import { BUNDLE_LINE } from '../../artifacts/bundle-line.ts';
import { FunctionTable, type TableFunction } from '../../artifacts/function-table.ts';
import { sourceMapOf } from '../../artifacts/source-map.ts';
import { isEngineFile, TREE_ROOT } from '../../engine-resolution.ts';
import type { CallFrame } from '../../profiles/call-tree.ts';
import { STATE_FOLDER } from '../../profiles/hot-function.ts';

const PACKAGE = /^.*[/\\]node_modules[/\\]((?:@[^/\\]+[/\\])?[^/\\]+)[/\\]/;
const ENGINE_PACKAGE = /(?:^|\/)(?:packages\/([^/]+)|apps\/([^/]+))\/src\//;
const TREE = fileURLToPath(TREE_ROOT);

/** A place in a script as V8 gives it: 1-based line, 0-based column or null if unknown. */
export interface ScriptPlace {
  readonly url: string;
  readonly line: number;
  readonly column: number | null;
}

export interface SourcePlace {
  readonly kind: CodeKind;
  /** As the user knows it. */
  readonly file: string | null;
  readonly line: number | null;
  readonly package: string | null;
}

/** A function. */
export type CodeFrame = CallFrame<CodeKind>;

export class CodePlaces {
  readonly #bundle: string;
  readonly #table: FunctionTable;
  readonly #maps = new Map<string, SourceMap | null>();
  readonly #frames = new Map<string, CodeFrame>();
  /** The bundle of the engine's that holds keyed state, once a function of it was seen. */
  #stateScript: string | null = null;
  readonly #stateLines = new Map<number, boolean>();

  /** `bundle`: URL of the job's module. */
  constructor(bundle: string) {
    this.#bundle = bundle;
    this.#table = new FunctionTable(textOf(bundle));
  }

  isBundle(url: string): boolean {
    return url === this.#bundle;
  }

  /** False for a bundle of an older server, whose lines other files may have too. */
  get tellsByLine(): boolean {
    return this.#table.firstLine >= BUNDLE_LINE;
  }

  /** Does a line whose file is unknown belong to the bundle? */
  isBundleLine(line: number): boolean {
    return this.tellsByLine && line > BUNDLE_LINE && line < GENERATED_LINE;
  }

  /** The function that begins at this place. */
  frameAt(name: string, place: ScriptPlace): CodeFrame {
    const key = `${name}|${place.url}|${place.line}|${place.column}`;
    const known = this.#frames.get(key);
    if (known !== undefined) return known;
    const own = this.isBundle(place.url)
      ? this.#table.at(place.line, place.column ?? Number.MAX_SAFE_INTEGER)
      : null;
    const frame = own === null ? this.#frame(name, place) : this.#bundleFrame(own);
    this.#frames.set(key, frame);
    if (isState(frame.file) && !place.url.endsWith('.ts')) this.#stateScript ??= place.url;
    return frame;
  }

  /** Whether inlined code of the engine, of which only the line is known, is that of keyed state. */
  isStateLine(line: number): boolean {
    if (this.#stateScript === null) return false;
    const known = this.#stateLines.get(line);
    if (known !== undefined) return known;
    const found = isState(this.place({ url: this.#stateScript, line, column: null }).file);
    this.#stateLines.set(line, found);
    return found;
  }

  /** The function of the bundle that this line is in; null at its top level. */
  frameOnLine(line: number): CodeFrame | null {
    const own = this.#table.onLine(line);
    return own === null ? null : this.#bundleFrame(own);
  }

  /** The line of the source that a line of the bundle was made from. */
  sourceLine(line: number): number | null {
    return this.place({ url: this.#bundle, line, column: null }).line;
  }

  place({ url, line, column }: ScriptPlace): SourcePlace {
    if (url === '' || line < 1) return { kind: 'native', file: null, line: null, package: null };
    if (url.startsWith('node:')) return { kind: 'node', file: url, line, package: 'node' };
    if (!url.startsWith('file:') && !url.startsWith('/')) {
      return { kind: 'user', file: url, line, package: null };
    }
    const path = url.startsWith('file:') ? fileURLToPath(url) : url;
    const isBundle = this.isBundle(url);
    const kind = !isBundle && isEngineFile(path) ? 'engine' : 'user';
    // Without a column the line's last mapping: the first may belong to the line before.
    const entry = this.#map(url)?.findEntry(line - 1, column ?? Number.MAX_SAFE_INTEGER);
    if (entry === undefined || !('originalSource' in entry)) return placed(kind, path, line);
    const source = new URL(entry.originalSource, url);
    return placed(kind, fileURLToPath(source), entry.originalLine + 1);
  }

  #frame(name: string, place: ScriptPlace): CodeFrame {
    const { kind, file, line, package: from } = this.place(place);
    const shown = name === '' ? '(anonymous)' : name;
    return { name: shown, kind, file, line, package: from, vertexId: null, operatorId: null };
  }

  #bundleFrame({ name, line, column }: TableFunction): CodeFrame {
    return this.#frame(name, { url: this.#bundle, line, column });
  }

  #map(url: string): SourceMap | null {
    const known = this.#maps.get(url);
    if (known !== undefined) return known;
    const map = url.endsWith('.ts') ? null : sourceMapOf(url);
    this.#maps.set(url, map);
    return map;
  }
}

function isState(file: string | null): boolean {
  return file?.startsWith(STATE_FOLDER) === true;
}

function placed(kind: CodeKind, path: string, line: number): SourcePlace {
  const inPackage = PACKAGE.exec(path)?.[1] ?? null;
  if (inPackage !== null) {
    return {
      kind: 'library',
      file: path.slice(path.lastIndexOf('node_modules')),
      line,
      package: inPackage,
    };
  }
  if (kind === 'engine') {
    const file = below(path, TREE);
    const [, inPackages, inApps] = ENGINE_PACKAGE.exec(file) ?? [];
    return { kind, file, line, package: `@weir/${inPackages ?? inApps ?? 'engine'}` };
  }
  return { kind, file: below(path, process.cwd()), line, package: null };
}

/** As operators' origins are shown: relative to the folder where the file lies below it. */
function below(path: string, folder: string): string {
  const inside = relative(folder, path);
  return inside.startsWith('..') ? path : inside.split(sep).join('/');
}

function textOf(url: string): string {
  try {
    return readFileSync(fileURLToPath(url), 'utf8');
  } catch {
    // Gone meanwhile: frames keep the names that V8 gives them.
    return '';
  }
}
