/**
 * Where the engine's own code lies, for every process that it consists of. From sources (development,
 * tests) the entries are `.ts` files of this tree; from a build they lie side by side in one folder
 * with shared chunks (`tools/build-engine.ts`).
 *
 * User bundles keep `@weir/*` external: wherever a bundle lies, it gets the copies of the process
 * that evaluates it, so that engine objects exist once per thread.
 */
import { existsSync } from 'node:fs';
import { enableCompileCache, flushCompileCache, registerHooks } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export type EngineEntry = 'taskmanager' | 'slot' | 'compiler' | 'monitor';

const SOURCE_ENTRIES: Readonly<Record<EngineEntry, string>> = {
  taskmanager: './taskmanager/main.ts',
  slot: './taskmanager/slot.ts',
  compiler: './compiler/main.ts',
  monitor: './monitor/monitor-worker.ts',
};

/** Prefix of specifiers that stand for "resolve this as if imported by that module". */
const RESOLVE_FROM = 'weir-from:';

/** True when the engine runs from TypeScript sources, not from `dist/engine`. */
const RUNS_FROM_SOURCE = import.meta.url.endsWith('.ts');

export function engineEntry(name: EngineEntry): URL {
  const relative = RUNS_FROM_SOURCE ? SOURCE_ENTRIES[name] : `./${name}.js`;
  return new URL(relative, import.meta.url);
}

/**
 * Makes `@weir/*` of every module loaded from now on mean the engine's own copies, and serves the
 * specifiers that stand for `import.meta.resolve` in bundles. Once per thread, before a bundle is
 * imported.
 */
export function installEngineResolution(): void {
  registerHooks({
    resolve(specifier, context, nextResolve) {
      if (specifier.startsWith(RESOLVE_FROM)) {
        const [parentURL, wanted] = JSON.parse(specifier.slice(RESOLVE_FROM.length));
        return nextResolve(wanted, { ...context, parentURL });
      }
      if (!specifier.startsWith('@weir/')) return nextResolve(specifier, context);
      const built = RUNS_FROM_SOURCE ? null : builtPackage(specifier);
      if (built !== null) return { url: built, format: 'module', shortCircuit: true };
      return nextResolve(specifier, { ...context, parentURL: import.meta.url });
    },
  });
}

const ENGINE_FILES = RUNS_FROM_SOURCE ? /^(packages\/[^/]+|apps\/(server|cli))\/src\// : /^/;
/** The source tree, also where a build lies in it as `dist/engine`. */
export const TREE_ROOT = new URL(RUNS_FROM_SOURCE ? '../../../' : '../../', import.meta.url);
const ENGINE_ROOT = fileURLToPath(RUNS_FROM_SOURCE ? TREE_ROOT : new URL('./', import.meta.url));

/** Does this file (absolute path) belong to the engine, rather than to a user's job? */
export function isEngineFile(file: string): boolean {
  return file.startsWith(ENGINE_ROOT) && ENGINE_FILES.test(file.slice(ENGINE_ROOT.length));
}

/** V8's compile cache for what this thread loads from now on. */
export function useCompileCache(): void {
  enableCompileCache();
}

/**
 * For the engine's processes and threads: they have the compile cache from their first module on.
 * Their own code would come too late to ask for it, after all that its entry imports.
 */
export function engineEnvironment(): NodeJS.ProcessEnv {
  // Where Node keeps it by default.
  return { NODE_COMPILE_CACHE: join(tmpdir(), 'node-compile-cache'), ...process.env };
}

const UP_AFTER_MS = 2000;

/** Writes the cache once everything is loaded: a process that is killed later writes nothing. */
export function flushCompileCacheOnceUp(): void {
  setTimeout(flushCompileCache, UP_AFTER_MS).unref();
}

function builtPackage(specifier: string): string | null {
  const name = specifier.slice('@weir/'.length).replaceAll('/', '-');
  const url = new URL(`./weir-${name}.js`, import.meta.url);
  return existsSync(fileURLToPath(url)) ? url.href : null;
}
