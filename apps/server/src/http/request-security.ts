/**
 * Who may ask for what. The server listens on loopback without a login, so every page in the user's
 * browser could reach it: these checks keep other origins (and names rebound to 127.0.0.1) out.
 *
 * - Host must be a known name, on everything.
 * - Whatever is not a read is checked before any route sees it.
 * - Flink-compatible mutations, the one by GET included, need `Sec-Fetch-Site` absent (no browser), `none`, `same-origin`.
 * - Weir's own mutations also need JSON and a header that a foreign page cannot send unasked.
 * - WebSockets need an Origin of this very host, or none (not a browser).
 */
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { CLIENT_HEADER } from '@weir/console-protocol';
import { WeirError } from '@weir/core';

const READS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);
const WEIR_PATHS = '/weir/';
const LOOPBACK_NAMES = ['localhost', '127.0.0.1', '[::1]'];

/** Null = may pass, else what is wrong. */
export type Verdict = string | null;

export class RequestSecurity {
  readonly #hosts: ReadonlySet<string>;

  /** @param allowedHosts names besides the loopback ones, without port. */
  constructor(allowedHosts: readonly string[]) {
    this.#hosts = new Set([...LOOPBACK_NAMES, ...allowedHosts.map((host) => host.toLowerCase())]);
  }

  host(request: IncomingMessage): Verdict {
    const host = request.headers.host;
    if (host !== undefined && this.#hosts.has(hostName(host))) return null;
    return (
      `Host "${host ?? ''}" is not allowed. Open the server as localhost or 127.0.0.1, or add ` +
      `the name to the allowed hosts.`
    );
  }

  /** At the door, so that no route can forget it: anything but a read has to be a mutation. */
  change(request: IncomingMessage): Verdict {
    if (READS.has(request.method ?? '')) return null;
    const path = request.url ?? '';
    return path.startsWith(WEIR_PATHS) ? this.#weirMutation(request) : this.mutation(request);
  }

  /** For anything that changes something, `yarn-cancel` included. */
  mutation(request: IncomingMessage): Verdict {
    const site = request.headers['sec-fetch-site'];
    if (site !== undefined && site !== 'none' && site !== 'same-origin') {
      return 'This comes from a page of another origin; only the console may change jobs.';
    }
    return this.origin(request);
  }

  /** For Weir's own mutations. */
  #weirMutation(request: IncomingMessage): Verdict {
    const verdict = this.mutation(request);
    if (verdict !== null) return verdict;
    if (request.headers[CLIENT_HEADER] === undefined) {
      return `Requests that change something under /weir/v1 need the header ${CLIENT_HEADER}.`;
    }
    const type = request.headers['content-type'] ?? '';
    if (request.method !== 'DELETE' && !/^application\/json\b/i.test(type)) {
      return 'Send the body as application/json.';
    }
    return null;
  }

  /** An Origin, where there is one, must be the host that was asked. */
  origin(request: IncomingMessage): Verdict {
    const origin = request.headers.origin;
    if (origin === undefined) return null;
    const host = request.headers.host ?? '';
    if (origin === `http://${host}` || origin === `https://${host}`) return null;
    return `Origin "${origin}" is not this server.`;
  }
}

/** @throws WeirError CONFIG_INVALID for an address that is reachable from outside. */
export function checkBindAddress(host: string): void {
  if (host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.')))
    return;
  throw new WeirError(
    'CONFIG_INVALID',
    `${host} is reachable from other machines, and there is no authentication yet: listen on ` +
      `127.0.0.1 and put a proxy with a login in front.`,
  );
}

export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "worker-src 'self' blob:",
    "style-src 'self'",
    "img-src 'self' data: blob:",
    "font-src 'self' data:",
    "connect-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; '),
};

function hostName(host: string): string {
  return host.toLowerCase().replace(/:\d+$/, '');
}
