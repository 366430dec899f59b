/**
 * Which npm packages stay out of a job's bundle: those that load native code, WebAssembly or files
 * beside their own modules. They are imported from where they are installed, by absolute location.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';

const LISTED = /^(pg|pg-native|vega-datasets|esbuild|typescript|vite|@electric-sql\/.*)$/;
const NATIVE_LOADERS = [
  '@mapbox/node-pre-gyp',
  'bindings',
  'node-addon-api',
  'node-gyp-build',
  'node-gyp-build-optional-packages',
  'node-pre-gyp',
  'prebuild-install',
  'prebuildify',
];
const PLATFORM = /(linux|darwin|win32)-(x64|arm64)/;

interface Manifest {
  readonly name?: string;
  readonly gypfile?: boolean;
  readonly binary?: unknown;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const answers = new Map<string, boolean>();

/** `file` is a module's absolute path; user code and plain JavaScript packages answer false. */
export function staysExternal(file: string): boolean {
  if (file.endsWith('.node') || file.endsWith('.wasm')) return true;
  const root = packageRoot(file);
  if (root === null) return false;
  let answer = answers.get(root);
  if (answer === undefined) {
    answer = isUnbundlable(root);
    answers.set(root, answer);
  }
  return answer;
}

function packageRoot(file: string): string | null {
  const marker = `${sep}node_modules${sep}`;
  const at = file.lastIndexOf(marker);
  if (at < 0) return null;
  const [scope = '', name = ''] = file.slice(at + marker.length).split(sep);
  const below = scope.startsWith('@') ? join(scope, name) : scope;
  return join(file.slice(0, at + marker.length), below);
}

function isUnbundlable(root: string): boolean {
  let manifest: Manifest;
  try {
    manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest;
  } catch {
    // A folder without a manifest is plain files.
    return false;
  }
  if (LISTED.test(manifest.name ?? '')) return true;
  if (manifest.gypfile === true || manifest.binary !== undefined) return true;
  if (NATIVE_LOADERS.some((name) => manifest.dependencies?.[name] !== undefined)) return true;
  if (Object.keys(manifest.optionalDependencies ?? {}).some((name) => PLATFORM.test(name))) {
    return true;
  }
  return existsSync(join(root, 'binding.gyp')) || existsSync(join(root, 'prebuilds'));
}
