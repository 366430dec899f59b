/** The built console: its page at `/` and `/c/*`, its assets, or how to build it. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import express, { type Express } from 'express';

const YEAR_MS = 31_536_000_000;

const NOT_BUILT = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Weir: the console is not built</title>
<h1>The console is not built</h1>
<p>The server is up, and its REST API answers under <a href="/v1/overview">/v1</a>.
<p>To see the console, run <code>npm run build -w apps/console</code> in the source tree and reload
this page, or use <code>npm run dev</code>.
</html>
`;

/** @param directory holds `index.html` and `assets/`; looked for at each request of the page. */
export function mountConsole(app: Express, directory: string): void {
  const page = join(directory, 'index.html');
  app.use(
    '/assets',
    express.static(join(directory, 'assets'), {
      immutable: true,
      maxAge: YEAR_MS,
      index: false,
      dotfiles: 'ignore',
    }),
  );
  app.get(['/', '/c', '/c/*path'], (_, response) => {
    response.set('cache-control', 'no-cache');
    if (existsSync(page)) {
      response.sendFile('index.html', { root: directory });
      return;
    }
    response.status(503).type('text/html').send(NOT_BUILT);
  });
  app.use(express.static(directory, { index: false, dotfiles: 'ignore', redirect: false }));
}
