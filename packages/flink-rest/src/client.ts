/**
 * A typed client of Flink's REST API, for Weir's own server and for real Flink clusters (1.17 and
 * later). Uses `fetch`, so it works in browsers and in Node.
 */
import type * as z from 'zod';
import { errorMessage, FlinkRestError } from './rest-error.ts';
import {
  FLINK_ROUTES,
  type Route,
  type RouteBody,
  type RouteName,
  type RouteParams,
  type RouteQuery,
  type RouteResponse,
} from './routes.ts';
import { errorBody } from './wire-values.ts';

export interface FlinkRestClientOptions {
  /** E.g. `http://127.0.0.1:8081` or, in a browser, the empty string for the page's own origin. */
  readonly baseUrl: string;
  readonly fetch?: typeof globalThis.fetch;
  readonly headers?: Readonly<Record<string, string>>;
}

type Needed<Key extends string, T> = keyof T extends never
  ? { readonly [K in Key]?: T }
  : { readonly [K in Key]: T };

/** Parameters are required where the path has some, a body where the route has one. */
export type CallOptions<Name extends RouteName> = Needed<'params', RouteParams<Name>> & {
  readonly query?: RouteQuery<Name>;
  readonly body?: RouteBody<Name>;
  readonly signal?: AbortSignal;
};

export class FlinkRestClient {
  readonly #baseUrl: string;
  readonly #fetch: typeof globalThis.fetch;
  readonly #headers: Readonly<Record<string, string>>;

  constructor(options: FlinkRestClientOptions) {
    this.#baseUrl = options.baseUrl.replace(/\/+$/, '');
    this.#fetch = options.fetch ?? globalThis.fetch.bind(globalThis);
    this.#headers = options.headers ?? {};
  }

  /**
   * Calls a route by name: `client.call('job', { params: { jobid } })`.
   * @throws FlinkRestError with `status`; SERVER_UNREACHABLE (retryable) if nothing answers;
   * an aborted call rejects with the signal's reason.
   */
  async call<Name extends RouteName>(
    name: Name,
    ...rest: keyof RouteParams<Name> extends never
      ? [options?: CallOptions<Name>]
      : [options: CallOptions<Name>]
  ): Promise<RouteResponse<Name>> {
    const options = (rest[0] ?? {}) as LooseOptions;
    const route: Route = FLINK_ROUTES[name];
    const url = this.url(name, options);
    const response = await this.#send(route, url, options);
    const content = await response.text();
    if (!response.ok) throw failure(response.status, url, content);
    return parse(route, url, content) as RouteResponse<Name>;
  }

  /** Where a route lies, e.g. for a link to a log file. */
  url(name: RouteName, options: Pick<LooseOptions, 'params' | 'query'> = {}): string {
    const route: Route = FLINK_ROUTES[name];
    const path = route.path.replace(/:([a-z]+)/gi, (_, parameter: string) =>
      encodeURIComponent(options.params?.[parameter] ?? ''),
    );
    const query = new URLSearchParams();
    for (const [key, value] of Object.entries(options.query ?? {})) {
      if (value !== undefined) query.set(key, String(value));
    }
    const tail = query.size === 0 ? '' : `?${query.toString()}`;
    return `${this.#baseUrl}/v1${path}${tail}`;
  }

  async #send(route: Route, url: string, options: LooseOptions): Promise<Response> {
    const headers: Record<string, string> = { accept: 'application/json', ...this.#headers };
    const init: RequestInit = { method: route.method, headers };
    if (route.method !== 'GET') {
      headers['content-type'] = 'application/json';
      init.body = JSON.stringify(options.body ?? {});
    }
    if (options.signal !== undefined) init.signal = options.signal;
    try {
      return await this.#fetch(url, init);
    } catch (cause) {
      if (options.signal?.aborted) throw options.signal.reason;
      const where = this.#baseUrl === '' ? 'the server' : this.#baseUrl;
      const message = `${where} does not answer; is it running, and reachable from here?`;
      throw new FlinkRestError(0, url, message, { cause });
    }
  }
}

interface LooseOptions {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}

function parse(route: Route, url: string, content: string): unknown {
  if (route.text) return content;
  let value: unknown;
  try {
    value = content === '' ? {} : JSON.parse(content);
  } catch (cause) {
    const message = `${url} answered something that is not JSON; is this a Flink REST endpoint?`;
    throw new FlinkRestError(200, url, message, { code: 'FORMAT_INVALID', cause });
  }
  const result = route.response.safeParse(value);
  if (result.success) return result.data;
  const message = `${url} answered in an unknown shape: ${issueText(result.error)}`;
  throw new FlinkRestError(200, url, message, { code: 'FORMAT_INVALID', cause: result.error });
}

function failure(status: number, url: string, content: string): FlinkRestError {
  let errors: readonly string[] = [];
  try {
    const body = errorBody.safeParse(JSON.parse(content));
    if (body.success) errors = body.data.errors;
  } catch {
    errors = [content.slice(0, 200)];
  }
  const message = errorMessage(errors);
  return new FlinkRestError(status, url, message === '' ? `HTTP ${status} from ${url}` : message);
}

/** The first few issues of a validation, as `path: message`. */
export function issueText(error: z.ZodError): string {
  const shown = error.issues.slice(0, 3).map((issue) => {
    const path = issue.path.join('.');
    return path === '' ? issue.message : `${path}: ${issue.message}`;
  });
  return shown.join('; ');
}
