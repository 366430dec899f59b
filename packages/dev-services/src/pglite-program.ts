/**
 * The program of PGlite's own process, as text: it is run with `node --eval`, so that it needs no
 * file of its own and works from sources and from a build alike. Plain JavaScript, because nothing
 * strips types there.
 *
 * It gets one message, `start`, and answers `ready` with its port, or `failed`. It ends when its
 * parent does: the channel between them then closes, also after a `kill -9`.
 */
export const PGLITE_PROGRAM = `
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { dirname } from 'node:path';

let leftovers = [];
function end() {
  for (const file of leftovers) rmSync(file, { force: true });
  process.exit(0);
}
process.on('disconnect', end);
process.on('SIGTERM', end);
// A terminal sends Ctrl-C to the whole group; the parent decides when this process ends.
process.on('SIGINT', () => {});

process.once('message', async (start) => {
  leftovers = start.removeAtEnd;
  try {
    const { PGlite } = await import(start.pgliteUrl);
    const { PGLiteSocketServer } = await import(start.socketUrl);
    const db = await open(PGlite, start);
    const { maxConnections } = start;
    const server = new PGLiteSocketServer({ db, host: '127.0.0.1', port: 0, maxConnections });
    await server.start();
    const own = Number(server.getServerConn().split(':').at(-1));
    const port = start.latencyMs > 0 ? await relay(own, start.latencyMs) : own;
    process.send({ type: 'ready', port });
  } catch (error) {
    process.send({ type: 'failed', message: String(error?.stack ?? error) });
  }
});

// A port whose answers take longer by what a network in between would.
function relay(port, latencyMs) {
  const server = createServer({ noDelay: true }, (client) => {
    const database = connect({ port, host: '127.0.0.1', noDelay: true });
    client.on('error', () => database.destroy());
    database.on('error', () => client.destroy());
    client.pipe(database);
    // Timers of one duration run in the order in which they were set.
    database.on('data', (chunk) => setTimeout(() => client.write(chunk), latencyMs));
    database.on('end', () => setTimeout(() => client.end(), latencyMs));
  });
  return new Promise((resolve, reject) => {
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => resolve(server.address().port));
  });
}

async function open(PGlite, { cacheFile, setup }) {
  if (cacheFile !== null && existsSync(cacheFile)) {
    try {
      return await PGlite.create({ loadDataDir: new Blob([readFileSync(cacheFile)]) });
    } catch {
      // Cut short or from another version: it is only a copy of what is made below.
      rmSync(cacheFile, { force: true });
    }
  }
  const db = await PGlite.create();
  await db.exec(setup);
  if (cacheFile !== null) {
    const dump = await db.dumpDataDir('gzip');
    mkdirSync(dirname(cacheFile), { recursive: true });
    const own = cacheFile + '.' + process.pid;
    writeFileSync(own, Buffer.from(await dump.arrayBuffer()));
    renameSync(own, cacheFile);
  }
  return db;
}
`;
