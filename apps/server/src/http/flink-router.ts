/** Flink's route table on express, each route with and without the `/v1` prefix. */
import { CLIENT_HEADER } from '@weir/console-protocol';
import { WeirError } from '@weir/core';
import {
  FLINK_ROUTES,
  type FlinkHandlers,
  issueText,
  PATH_PARAMETERS,
  type PathParameter,
  type Route,
  type RouteName,
} from '@weir/flink-rest';
import type { Express, Request, Response } from 'express';
import type { RequestSecurity } from './request-security.ts';

const JSON_TYPE = 'application/json; charset=UTF-8';

type LooseHandler = (request: {
  readonly params: Record<string, string>;
  readonly query: unknown;
  readonly body: unknown;
  readonly client: string | null;
}) => unknown;

export function mountFlinkRoutes(
  app: Express,
  handlers: FlinkHandlers,
  security: RequestSecurity,
): void {
  for (const name of Object.keys(FLINK_ROUTES) as RouteName[]) {
    const route: Route = FLINK_ROUTES[name];
    const handler = handlers[name] as unknown as LooseHandler;
    const answer = async (request: Request, response: Response): Promise<void> => {
      const verdict = route.mutates ? security.mutation(request) : null;
      if (verdict !== null) throw new WeirError('REQUEST_FORBIDDEN', verdict);
      const value = await handler({
        params: pathParameters(request),
        query: checked(route.query, request.query, 'query'),
        body: checked(route.body, request.body ?? {}, 'body'),
        client: request.get(CLIENT_HEADER) ?? null,
      });
      response.status(route.status).set('cache-control', 'no-store');
      if (route.text) {
        response.type('text/plain').send(value as string);
        return;
      }
      // Not through express' send(), which writes the charset in its own spelling.
      const body = Buffer.from(JSON.stringify(value));
      response.setHeader('content-type', JSON_TYPE);
      response.setHeader('content-length', body.length);
      response.end(body);
    };
    const method = route.method.toLowerCase() as 'get' | 'post' | 'patch' | 'put' | 'delete';
    app[method]([`/v1${route.path}`, route.path], answer);
  }
}

function pathParameters(request: Request): Record<string, string> {
  const params: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.params)) {
    const text = Array.isArray(value) ? value.join('/') : value;
    const schema = PATH_PARAMETERS[name as PathParameter];
    const result = schema.safeParse(text);
    if (!result.success) {
      throw new WeirError('REQUEST_INVALID', `${name} = "${text}": ${issueText(result.error)}`);
    }
    params[name] = HEX_PARAMETERS.has(name) ? text.toLowerCase() : text;
  }
  return params;
}

const HEX_PARAMETERS = new Set(['jobid', 'vertexid', 'applicationid', 'triggerid']);

function checked(schema: Route['query'], value: unknown, where: string): unknown {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new WeirError('REQUEST_INVALID', `Bad request ${where}: ${issueText(result.error)}`);
}
