// Makes a fresh clone runnable: installs the locked packages when they are not there or changed,
// and finds a Node that Weir can run on. Plain JavaScript, so that any Node from 18 on runs it.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url)).replace(/[\\/]$/, '');
const NODE_MAJOR_MIN = 24;

/** Installs what the lock names unless that is there already; returns the Node to run on. */
export function setup() {
  const stamp = join(root, 'node_modules', '.weir-setup');
  const lock = readFileSync(join(root, 'package-lock.json'));
  const wanted = createHash('sha256').update(lock).digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return findNode();
  if (!isInstalled(JSON.parse(lock.toString()))) install();
  writeFileSync(stamp, wanted);
  return findNode();
}

/** True when npm's own record of the installed packages agrees with the lock. */
function isInstalled({ packages }) {
  const record = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(record)) return false;
  const installed = JSON.parse(readFileSync(record, 'utf8')).packages;
  return Object.entries(packages).every(([path, { version, link, optional }]) => {
    if (!path.startsWith('node_modules/')) return true;
    const found = installed[path];
    if (found === undefined) return optional === true;
    return link === true || found.version === version;
  });
}

function install() {
  console.log('Installing packages (once; about a minute) …');
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const done = spawnSync(npm, ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (done.status === 0) return;
  console.error('npm ci failed: see its message above. Weir needs the npm registry once.');
  process.exit(1);
}

/** This Node if it is new enough, else the one that npm installed for this platform. */
export function findNode() {
  if (Number(process.versions.node.split('.')[0]) >= NODE_MAJOR_MIN) return process.execPath;
  const require = createRequire(join(root, 'package.json'));
  const os = process.platform === 'win32' ? 'win' : process.platform;
  const names = [`node-${os}-${process.arch}`, `node-bin-${os}-${process.arch}`];
  for (const name of names) {
    try {
      const manifest = require.resolve(`${name}/package.json`);
      return join(dirname(manifest), require(manifest).bin.node);
    } catch {
      // Not the package for this platform; the next name may be.
    }
  }
  console.error(
    `Weir needs Node ${NODE_MAJOR_MIN} or newer. This is ${process.version}, and npm has installed ` +
      `neither ${names.join(' nor ')}: install Node ${NODE_MAJOR_MIN} and try again.`,
  );
  return process.exit(1);
}

/** Runs a program to its end with our streams; signals are passed on, so nothing is orphaned. */
export function run(program, args, options = {}) {
  const bin = join(root, 'node_modules', '.bin');
  const separator = process.platform === 'win32' ? ';' : ':';
  const env = { ...process.env, PATH: `${bin}${separator}${process.env.PATH}`, ...options.env };
  const child = spawn(program, args, { cwd: root, stdio: 'inherit', ...options, env });
  const forward = ['SIGINT', 'SIGTERM', 'SIGHUP'].map((signal) => {
    const pass = () => child.kill(signal);
    process.on(signal, pass);
    return () => process.off(signal, pass);
  });
  return new Promise((resolve) => {
    child.on('error', (error) => {
      console.error(`${program}: ${error.message}`);
      resolve(1);
    });
    child.on('exit', (code, signal) => {
      for (const stop of forward) stop();
      resolve(code ?? (signal ? 1 : 0));
    });
  });
}
