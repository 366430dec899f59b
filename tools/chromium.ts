/**
 * Finds a Chromium for the browser tests: the system's, else Playwright's own download, else the
 * system's package where that is possible. Otherwise says what to do.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium } from '@playwright/test';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const FIXED = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/** Path of an executable; ends the process with advice when there is none and none can be had. */
export function findChromium(): string {
  const found = installed() ?? downloaded() ?? packaged();
  if (found !== null) return found;
  console.error(
    'The browser tests need Chromium. Install it with your package manager ' +
      '(Debian: apt-get install chromium), or set WEIR_CHROMIUM to an executable.',
  );
  return process.exit(1);
}

function installed(): string | null {
  const named = process.env.WEIR_CHROMIUM;
  if (named !== undefined && existsSync(named)) return named;
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    for (const name of NAMES) {
      const path = join(folder, name);
      if (existsSync(path)) return path;
    }
  }
  return [...FIXED, chromium.executablePath()].find((path) => existsSync(path)) ?? null;
}

function downloaded(): string | null {
  console.log('No Chromium found; trying to download the one of Playwright …');
  const cli = join('node_modules', '@playwright', 'test', 'cli.js');
  spawnSync(process.execPath, [cli, 'install', 'chromium'], { stdio: 'inherit', timeout: 300_000 });
  const path = chromium.executablePath();
  return existsSync(path) ? path : null;
}

function packaged(): string | null {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return null;
  console.log('Installing the package chromium …');
  spawnSync('apt-get', ['update'], { stdio: 'ignore', timeout: 300_000 });
  spawnSync('apt-get', ['install', '-y', 'chromium'], { stdio: 'ignore', timeout: 600_000 });
  return existsSync('/usr/bin/chromium') ? '/usr/bin/chromium' : null;
}
