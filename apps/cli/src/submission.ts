/**
 * `POST /weir/v1/jobs`: the one request that Flink's REST API has no counterpart for. Plain
 * HTTP, because the typed client, or fetch, takes longer to load than the server takes to answer.
 */
import { text } from 'node:stream/consumers';
import { WeirError } from '@weir/core';

export interface Submission {
  readonly entry: string;
  readonly args: readonly string[];
  readonly parallelism: number | null;
  readonly configuration: Readonly<Record<string, string>>;
  readonly restorePath: string | null;
  readonly name: string | null;
}

/** @returns the job's id. @throws WeirError SERVER_UNREACHABLE, JOB_DEFINITION_INVALID. */
export async function submitJob(server: string, submission: Submission): Promise<string> {
  const url = `${server.replace(/\/+$/, '')}/weir/v1/jobs`;
  const { status, body } = await post(url, JSON.stringify(submission)).catch((cause: unknown) => {
    throw new WeirError('SERVER_UNREACHABLE', `no Weir server answers at ${server}`, { cause });
  });
  if (status < 200 || status > 299) throw refused(url, status, body);
  const { jobId } = JSON.parse(body) as { jobId: string };
  return jobId;
}

interface Answer {
  readonly status: number;
  readonly body: string;
}

async function post(address: string, body: string): Promise<Answer> {
  const url = new URL(address);
  // Importing node:http takes 20 ms: it collects all exports, and one of them loads fetch.
  const { request } = process.getBuiltinModule(
    url.protocol === 'https:' ? 'node:https' : 'node:http',
  );
  const headers = { 'content-type': 'application/json', 'x-weir-client': 'cli' };
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const call = request(url, { method: 'POST', headers, agent: false }, (response) => {
    const status = response.statusCode ?? 0;
    text(response).then((answer) => resolve({ status, body: answer }), reject);
  });
  call.on('error', reject);
  call.end(body);
  return promise;
}

function refused(url: string, status: number, body: string): WeirError {
  const code = status >= 500 ? 'JOB_FAILED' : 'JOB_DEFINITION_INVALID';
  return new WeirError(code, reasonIn(body) ?? `${url} answered HTTP ${status}: ${body}`);
}

function reasonIn(body: string): string | null {
  try {
    const { errors, message } = JSON.parse(body) as { errors?: string[]; message?: string };
    return message ?? errors?.join('\n') ?? null;
  } catch {
    // Not one of ours: a proxy, or another service at that address.
    return null;
  }
}
