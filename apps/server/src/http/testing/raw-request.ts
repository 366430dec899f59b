/** Requests with any header: `fetch` forbids Host and Sec-Fetch-Site, so this goes below it. */
import { request as httpRequest } from 'node:http';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

export type Ask = (
  method: string,
  path: string,
  headers?: Record<string, string>,
  body?: string,
) => Promise<Answer>;

/** @param port read at each request, since a test starts its server late. */
export function asker(port: () => number): Ask {
  return (method, path, headers = {}, body = '') =>
    new Promise((resolve, reject) => {
      const options = { method, host: '127.0.0.1', port: port(), path, headers };
      const request = httpRequest(options, (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          text += chunk;
        });
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }),
        );
      });
      request.on('error', reject);
      request.end(body);
    });
}
