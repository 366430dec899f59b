/**
 * The program of the process that keeps brokers, as text, like PGlite's: a JVM does not notice
 * that its parent is gone, this process does, because the channel between them closes.
 *
 * Messages in: `start {id, program, args, log}`, `signal {id, signal}`. Out: `ready {id, pid}` when
 * the broker has said that it serves, `ended {id, log}` whenever it ends.
 * When the parent is gone, brokers are killed and their folder is removed.
 */
export const KAFKA_KEEPER_PROGRAM = `
import { spawn } from 'node:child_process';
import { mkdirSync, openSync, readFileSync, closeSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = process.argv.at(-1);
const brokers = new Map();

function end() {
  for (const child of brokers.values()) child.kill('SIGKILL');
  // Files that a dying JVM still writes would keep the folder.
  const started = Date.now();
  const remove = () => {
    try {
      rmSync(folder, { recursive: true, force: true });
      process.exit(0);
    } catch {
      if (Date.now() - started > 10_000) process.exit(1);
      setTimeout(remove, 50);
    }
  };
  if (brokers.size === 0) remove();
  else Promise.all([...brokers.values()].map((child) => child.ended)).then(remove);
}
process.once('disconnect', end);
process.once('SIGTERM', end);
// A terminal sends Ctrl-C to the whole group; the parent decides when this process ends.
process.on('SIGINT', () => {});

process.on('message', (message) => {
  if (message.type === 'start') start(message);
  else brokers.get(message.id)?.kill(message.signal);
});

function start({ id, program, args, log }) {
  const file = openSync(log, 'w');
  const child = spawn(program, args, { stdio: ['ignore', file, file], detached: true });
  closeSync(file);
  brokers.set(id, child);
  if (child.pid !== undefined) writeFileSync(join(folder, 'pid-' + id), String(child.pid));
  const text = () => readFileSync(log, 'utf8');
  const watch = setInterval(() => {
    if (!text().includes('Kafka Server started')) return;
    clearInterval(watch);
    tell({ type: 'ready', id, pid: child.pid });
  }, 50);
  child.ended = new Promise((resolve) => {
    const done = () => {
      clearInterval(watch);
      brokers.delete(id);
      rmSync(join(folder, 'pid-' + id), { force: true });
      tell({ type: 'ended', id, log: text().slice(-3000) });
      resolve();
    };
    child.once('error', done);
    child.once('exit', done);
  });
}

function tell(message) {
  if (process.connected) process.send(message);
}
`;
