/**
 * Keeps `import.meta` and `__dirname` of bundled modules meaning the file they were written in.
 * References become identifiers (`META_DEFINES`), and each module that has any gets its own
 * constants in front of its first statement, on the same line, so that line numbers stay.
 */
import { dirname } from 'node:path';
import { pathToFileURL } from 'node:url';

/** esbuild's `define`. */
export const META_DEFINES: Readonly<Record<string, string>> = {
  'import.meta.url': '__weir_meta_url',
  'import.meta.filename': '__weir_meta_filename',
  'import.meta.dirname': '__weir_meta_dirname',
  'import.meta.resolve': '__weir_meta_resolve',
  'import.meta.main': '__weir_meta_main',
};

const END = '/*weir:end*/';
const OWN_DIRNAME = /\b(?:const|let|var)\s+(?:\{[^}]*)?__(?:dirname|filename)\b/;
const USES_DIRNAME = /\b__(?:dirname|filename)\b/;

/** The module's text with its constants, or null when it needs none. */
export function withIdentity(source: string, file: string, isEntry: boolean): string | null {
  const constants: string[] = [];
  const url = JSON.stringify(pathToFileURL(file).href);
  const path = JSON.stringify(file);
  const folder = JSON.stringify(dirname(file));
  if (source.includes('import.meta')) {
    constants.push(
      `__weir_meta_url=${url}`,
      `__weir_meta_filename=${path}`,
      `__weir_meta_dirname=${folder}`,
      `__weir_meta_main=${isEntry}`,
      // Through a variable: esbuild would see the define in `import.meta["resolve"]` as well.
      '__weir_meta=import.meta',
      `__weir_meta_resolve=(s)=>__weir_meta.resolve("weir-from:"+JSON.stringify([${url},s]))`,
    );
  }
  if (USES_DIRNAME.test(source) && !OWN_DIRNAME.test(source)) {
    constants.push(`__filename=${path}`, `__dirname=${folder}`);
  }
  if (constants.length === 0) return null;
  const start = source.startsWith('#!') ? source.indexOf('\n') + 1 : 0;
  return `${source.slice(0, start)}const ${constants.join(',')};${END}${source.slice(start)}`;
}

/** The module's text as it was written, for source maps. */
export function withoutIdentity(source: string): string {
  const end = source.indexOf(END);
  if (end < 0) return source;
  const start = source.startsWith('#!') ? source.indexOf('\n') + 1 : 0;
  return source.slice(0, start) + source.slice(end + END.length);
}
