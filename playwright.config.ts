import { defineConfig } from '@playwright/test';

const chromium = process.env.WEIR_CHROMIUM;

/** Each spec starts its own server on free ports (e2e/weir-server.ts), so nothing is shared. */
export default defineConfig({
  testDir: 'e2e',
  outputDir: 'e2e/.results',
  forbidOnly: process.env.CI !== undefined,
  workers: 1,
  timeout: 120_000,
  expect: { timeout: 20_000 },
  use: {
    viewport: { width: 1440, height: 900 },
    trace: 'retain-on-failure',
    launchOptions: {
      ...(chromium === undefined ? {} : { executablePath: chromium }),
      args: [
        '--headless',
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
});
