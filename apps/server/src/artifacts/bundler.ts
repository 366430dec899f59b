/**
 * Bundles a job's module once, at submission: jobs, savepoints and restarts refer to the bundle's
 * hash, never to the user's file. `@weir/*` stays external (the engine brings it), so do packages
 * that cannot be bundled; everything else, TypeScript included, becomes one ES module with a
 * source map that carries the sources.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { extname, isAbsolute, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { WeirError } from '@weir/core';
import {
  type BuildFailure,
  build,
  type Loader,
  type Message,
  type Plugin,
  transform,
} from 'esbuild';
import { BUNDLE_LINE } from './bundle-line.ts';
import { codeFrame, placeText } from './code-frame.ts';
import { staysExternal } from './external-packages.ts';
import { META_DEFINES, withIdentity, withoutIdentity } from './module-identity.ts';

export interface Bundle {
  /** Of `code`. */
  readonly sha256: string;
  readonly code: Uint8Array;
  readonly sourceMap: Uint8Array;
}

const LOADERS: Readonly<Record<string, Loader>> = {
  '.ts': 'ts',
  '.mts': 'ts',
  '.cts': 'ts',
  '.tsx': 'tsx',
  '.jsx': 'jsx',
};
const ERRORS_SHOWN = 5;

/**
 * `entry` is an absolute path.
 * @throws WeirError JOB_DEFINITION_INVALID with file, line and column of each mistake.
 */
export async function bundleJob(entry: string): Promise<Bundle> {
  const url = JSON.stringify(pathToFileURL(entry).href);
  try {
    const { outputFiles } = await build({
      entryPoints: [entry],
      outfile: join(entry, '..', 'job.mjs'),
      bundle: true,
      write: false,
      platform: 'node',
      format: 'esm',
      target: 'node24',
      charset: 'utf8',
      sourcemap: 'linked',
      sourcesContent: true,
      logLevel: 'silent',
      define: { ...META_DEFINES },
      // CommonJS packages inside the bundle ask for built-in modules through `require`.
      banner: {
        js:
          '\n'.repeat(BUNDLE_LINE) +
          "import{createRequire as __weirCreateRequire}from'node:module';" +
          `globalThis.require??=__weirCreateRequire(${url});`,
      },
      plugins: [engineExternal(), packagesByLocation(), moduleIdentity(entry)],
    });
    const code = outputFiles.find((file) => file.path.endsWith('.mjs'))?.contents;
    const map = outputFiles.find((file) => file.path.endsWith('.map'))?.contents;
    if (code === undefined || map === undefined) throw nothingBuilt(entry);
    const sha256 = createHash('sha256').update(code).digest('hex');
    return { sha256, code, sourceMap: withAbsoluteSources(map, join(entry, '..')) };
  } catch (error) {
    throw definitionError(error, entry);
  }
}

/** Starts the bundler's own process, which the first job would have to wait for otherwise. */
export async function warmBundler(): Promise<void> {
  await transform('');
}

function engineExternal(): Plugin {
  return {
    name: 'engine',
    setup({ onResolve }) {
      onResolve({ filter: /^@weir\// }, ({ path }) => ({ path, external: true }));
    },
  };
}

const RESOLVING = Symbol('resolving');

function packagesByLocation(): Plugin {
  return {
    name: 'packages',
    setup({ onResolve, resolve }) {
      onResolve({ filter: /^[^./]|\.(node|wasm)$/ }, async (request) => {
        const { path, kind, importer, resolveDir, pluginData } = request;
        if (pluginData === RESOLVING || kind === 'entry-point' || isAbsolute(path)) return null;
        if (path.startsWith('node:')) return null;
        const found = await resolve(path, { kind, importer, resolveDir, pluginData: RESOLVING });
        if (found.errors.length > 0 || found.external || !staysExternal(found.path)) return found;
        const required = kind === 'require-call' || kind === 'require-resolve';
        return { path: required ? found.path : pathToFileURL(found.path).href, external: true };
      });
    },
  };
}

function moduleIdentity(entry: string): Plugin {
  return {
    name: 'identity',
    setup({ onLoad }) {
      onLoad({ filter: /\.[cm]?[jt]sx?$/ }, async ({ path }) => {
        const contents = withIdentity(await readFile(path, 'utf8'), path, path === entry);
        return contents === null ? null : { contents, loader: LOADERS[extname(path)] ?? 'js' };
      });
    },
  };
}

interface SourceMapText {
  sources: string[];
  sourcesContent: string[];
}

/** Stack traces then name the user's files wherever the artifact lies. */
function withAbsoluteSources(map: Uint8Array, folder: string): Uint8Array {
  const parsed = JSON.parse(Buffer.from(map).toString('utf8')) as SourceMapText;
  parsed.sources = parsed.sources.map((source) => pathToFileURL(join(folder, source)).href);
  parsed.sourcesContent = parsed.sourcesContent.map(withoutIdentity);
  return Buffer.from(JSON.stringify(parsed));
}

function definitionError(error: unknown, entry: string): unknown {
  const messages = (error as Partial<BuildFailure>).errors;
  if (messages === undefined) return error;
  const shown = messages.slice(0, ERRORS_SHOWN).map((message) => describe(message, entry));
  const more = messages.length - shown.length;
  if (more > 0) shown.push(`and ${more} more`);
  return new WeirError('JOB_DEFINITION_INVALID', shown.join('\n\n'), { context: { entry } });
}

function describe(message: Message, entry: string): string {
  const { location, text } = message;
  if (location === null) return `${entry}: ${text}`;
  const place = {
    file: isAbsolute(location.file) ? location.file : join(process.cwd(), location.file),
    line: location.line,
    column: location.column + 1,
  };
  const missing = /^Could not resolve "([^."/][^"]*)"$/.exec(text)?.[1];
  const notes =
    missing === undefined
      ? message.notes.map((note) => `\n${note.text}`).join('')
      : `\nIf ${missing} is a package, install it beside the job: npm install ${missing}`;
  return `${placeText(place)}: ${text}\n${codeFrame(place, location.lineText, location.length)}${notes}`;
}

function nothingBuilt(entry: string): WeirError {
  return new WeirError('JOB_DEFINITION_INVALID', `${entry}: the bundler produced no module`);
}
