/**
 * `POST /weir/v1/jobs`: the one request that Flink's REST API has no counterpart for. Plain fetch,
 * because the typed client takes longer to load than the server takes to answer.
 */
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
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-weir-client': 'cli' },
    body: JSON.stringify(submission),
  }).catch((cause: unknown) => {
    throw new WeirError('SERVER_UNREACHABLE', `no Weir server answers at ${server}`, { cause });
  });
  const body = await response.text();
  if (!response.ok) throw refused(url, response.status, body);
  const { jobId } = JSON.parse(body) as { jobId: string };
  return jobId;
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
