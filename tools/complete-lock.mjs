// Completes package-lock.json with the platform packages that npm left out because the registry it
// asked did not list them: without an entry for each optional dependency, `npm ci` refuses the
// lock. Only pinned packages named for an operating system and a processor are added. npm skips
// them on other platforms. Run by `npm run lock` after each change of a dependency.
import { readFileSync, writeFileSync } from 'node:fs';

const SYSTEMS = 'android darwin win32 freebsd netbsd openbsd openharmony sunos aix linux'.split(
  ' ',
);
const PROCESSORS =
  'arm64 x64 arm-eabi arm-gnueabihf arm-musleabihf arm ia32 ppc64 riscv64 s390x loong64 mips64el'.split(
    ' ',
  );

const file = 'package-lock.json';
const lock = JSON.parse(readFileSync(file, 'utf8'));
const packages = lock.packages;

/** Looks where Node would: beside the dependant, then outwards to the root. */
function isLocked(dependant, name) {
  let folder = dependant;
  for (;;) {
    if (packages[`${folder === '' ? '' : `${folder}/`}node_modules/${name}`]) return true;
    if (folder === '') return false;
    const parent = folder.lastIndexOf('/node_modules/');
    folder = parent < 0 ? '' : folder.slice(0, parent);
  }
}

function platformEntry(name, version, dependant) {
  const tail = name.split('/').pop();
  const os = SYSTEMS.find((system) => new RegExp(`(^|-)${system}(-|$)`).test(tail));
  const cpu = PROCESSORS.find((kind) => tail.includes(`-${kind}`) || tail.startsWith(`${kind}-`));
  if (!os || !cpu || !/^\d+\.\d+\.\d+/.test(version)) return null;
  const entry = { version, cpu: [cpu.startsWith('arm-') ? 'arm' : cpu], optional: true, os: [os] };
  if (dependant.dev) entry.dev = true;
  if (os === 'linux') entry.libc = [tail.includes('musl') ? 'musl' : 'glibc'];
  return entry;
}

let added = 0;
for (const [where, dependant] of Object.entries(packages)) {
  for (const [name, version] of Object.entries(dependant.optionalDependencies ?? {})) {
    if (isLocked(where, name)) continue;
    const entry = platformEntry(name, version, dependant);
    if (entry === null) continue;
    packages[`node_modules/${name}`] = entry;
    added++;
  }
}
lock.packages = Object.fromEntries(Object.entries(packages).sort(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
console.log(`${added} platform packages added to ${file}`);
