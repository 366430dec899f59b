#!/usr/bin/env node
// Starts under any Node from 18 on: goes on in this one if it is new enough, else in the Node that
// npm installed beside us, else says what to do. Plain JavaScript of its time for that reason.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import module, { createRequire } from 'node:module';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const NODE_MAJOR_MIN = 24;
const built = fileURLToPath(new URL('../../../dist/engine/cli.js', import.meta.url));
const source = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const entry = existsSync(built) && process.env.WEIR_FROM_SOURCE !== '1' ? built : source;

if (Number(process.versions.node.split('.')[0]) >= NODE_MAJOR_MIN) {
  // Before the first import that it is to serve.
  module.enableCompileCache();
  const { main } = await import(pathToFileURL(entry).href);
  await main(process.argv.slice(2));
} else {
  const node = packagedNode();
  if (node === null) {
    console.error(
      `weir needs Node ${NODE_MAJOR_MIN} or newer and this is ${process.version}; ` +
        'install a newer Node, or run npm install so that the packaged one is there',
    );
    process.exit(1);
  }
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    stdio: 'inherit',
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    // A terminal signals the whole process group; the child has it already.
    process.on(signal, () => {
      if (signal === 'SIGTERM' || !process.stdin.isTTY) child.kill(signal);
    });
  }
  child.on('exit', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)));
}

function packagedNode() {
  const require = createRequire(import.meta.url);
  const system = process.platform === 'win32' ? 'win' : process.platform;
  for (const prefix of ['node', 'node-bin']) {
    try {
      const manifest = require.resolve(`${prefix}-${system}-${process.arch}/package.json`);
      return join(dirname(manifest), require(manifest).bin.node);
    } catch {
      // The package for this platform has the other name, or is not installed.
    }
  }
  return null;
}
