/**
 * Free ports below those that systems give to outgoing connections: a client that tries again and
 * again while a broker restarts would otherwise be given the broker's own port, and connect to
 * itself.
 */
import { createServer } from 'node:net';
import { WeirError } from '@weir/core';

const LEAST = 20_000;
const RANGE = 12_000;
const ATTEMPTS_MAX = 1000;

/** `count` different ports on 127.0.0.1 that nobody listens on. */
export async function freePorts(count: number): Promise<number[]> {
  const ports = new Set<number>();
  for (let attempt = 0; ports.size < count; attempt++) {
    if (attempt === ATTEMPTS_MAX) throw new WeirError('SERVER_UNREACHABLE', 'no port is free');
    const port = LEAST + Math.floor(Math.random() * RANGE);
    if (await isFree(port)) ports.add(port);
  }
  return [...ports];
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

/** Resolves when nobody listens on the port: it outlives a killed process by some ms. */
export async function portIsFree(port: number): Promise<void> {
  while (!(await isFree(port))) await new Promise((resolve) => setTimeout(resolve, 20));
}
