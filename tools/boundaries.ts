/**
 * The dependency rule: which folder may import which, only through a package's entry, and tests'
 * packages never from production. Reads every source file's import specifiers.
 */
import { readFileSync } from 'node:fs';
import { glob } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';

const ENGINE = ['core', 'metrics', 'graph', 'runtime', 'datastream'];
const CONNECTORS = ['connector-files', 'connector-kafka'];
const WEB = ['core', 'flink-rest', 'console-protocol', 'monitor'];

/** Folder → the packages it may import besides itself. Everything not listed is forbidden. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  'packages/core': [],
  'packages/metrics': ['core'],
  'packages/graph': ['core', 'metrics'],
  'packages/runtime': ['core', 'metrics', 'graph'],
  'packages/datastream': ['core', 'metrics', 'graph', 'runtime'],
  'packages/formats': ['core'],
  'packages/connector-files': ['core', 'formats'],
  'packages/connector-kafka': ['core'],
  'packages/flink-rest': ['core'],
  'packages/console-protocol': ['core'],
  'packages/monitor': ['core', 'flink-rest', 'console-protocol'],
  'packages/testing': ENGINE,
  'packages/dev-services': ['core'],
  'apps/server': [...ENGINE, ...WEB, 'formats', ...CONNECTORS],
  'apps/cli': ['core', 'flink-rest', 'server'],
  'apps/console': ['flink-rest', 'console-protocol'],
  'apps/examples': ['core', 'datastream', 'formats', ...CONNECTORS, 'dev-services'],
};

/** What tests may import on top. */
const TEST_EXTRA = ['testing', ...ENGINE, 'formats', ...CONNECTORS, 'dev-services'];

/** Folders that evaluate jobs or graphs receive clock, timers, files and threads as ports. */
const PURE = ['packages/graph', 'packages/runtime', 'packages/metrics', 'packages/monitor'];
const IMPURE = /^node:(fs|net|http|child_process|worker_threads|timers|os|dgram|cluster)/;

const root = join(import.meta.dirname, '..');
const IMPORT = /(?:from|import)\s*\(?\s*['"]([^'"]+)['"]/g;
/** Code that is shown to users stands in template literals and imports nothing. */
const SHOWN_CODE = /`[^`]*`/g;

function problemOf(file: string, specifier: string): string | null {
  const folder = Object.keys(ALLOWED).find((prefix) => file.startsWith(`${prefix}/`));
  if (folder === undefined) return null;
  const isTest = /\.(test|spec)\.tsx?$|\/src\/.*\/testing\//.test(file);
  if (!isTest && PURE.includes(folder) && IMPURE.test(specifier)) {
    return `${folder} receives ports, it may not import ${specifier}`;
  }
  if (specifier.startsWith('.') && relative(folder, join(file, '..', specifier)).startsWith('..')) {
    return `${specifier} reaches out of ${folder}; import the package by its name`;
  }
  const match = /^@weir\/([^/]+)(\/.*)?$/.exec(specifier);
  if (match === null) return null;
  const [, name = '', deep] = match;
  if (folder.endsWith(`/${name}`)) return `${folder} imports itself by name; use a relative path`;
  const allowed = [...(ALLOWED[folder] ?? []), ...(isTest ? TEST_EXTRA : [])];
  if (!allowed.includes(name)) return `${folder} may not import @weir/${name}`;
  return deep === undefined || exportsOf(name).includes(`.${deep}`)
    ? null
    : `${specifier} is not an entry of @weir/${name}`;
}

function exportsOf(name: string): string[] {
  for (const parent of ['packages', 'apps']) {
    try {
      const manifest = readFileSync(join(root, parent, name, 'package.json'), 'utf8');
      return Object.keys((JSON.parse(manifest) as { exports?: object }).exports ?? {});
    } catch {
      // The package is in the other folder.
    }
  }
  return [];
}

const problems: string[] = [];
for await (const path of glob('{packages,apps}/*/{src,flights,quickstart}/**/*.{ts,tsx}', {
  cwd: root,
})) {
  const file = path.split(sep).join('/');
  const text = readFileSync(join(root, path), 'utf8').replace(SHOWN_CODE, '');
  for (const match of text.matchAll(IMPORT)) {
    const problem = problemOf(file, match[1] ?? '');
    if (problem !== null) problems.push(`${file}: ${problem}`);
  }
}
for (const problem of problems) console.error(problem);
process.exit(problems.length === 0 ? 0 : 1);
