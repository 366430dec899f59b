import { describe, expect, expectTypeOf, it } from 'vitest';
import { FlinkRestClient } from './client.ts';
import { errorMessage, FlinkRestError } from './rest-error.ts';
import type { JobDetails } from './jobs.ts';
import type { FlinkHandlers } from './routes.ts';

const JOB = '61b018c73d39f1ed3eb103b9e65e4a82';

interface Seen {
  readonly url: string;
  readonly init: RequestInit;
}

function clientThatAnswers(status: number, body: unknown, seen: Seen[] = []): FlinkRestClient {
  const answer = async (url: unknown, init?: RequestInit): Promise<Response> => {
    seen.push({ url: String(url), init: init ?? {} });
    return new Response(typeof body === 'string' ? body : JSON.stringify(body), { status });
  };
  return new FlinkRestClient({ baseUrl: 'http://flink:8081/', fetch: answer as typeof fetch });
}

describe('FlinkRestClient', () => {
  it('fills path and query, and encodes them', async () => {
    const seen: Seen[] = [];
    const client = clientThatAnswers(200, [{ id: 'a', value: '1' }], seen);
    const values = await client.call('taskManagerMetrics', {
      params: { taskmanagerid: '127.0.0.1:33679-af067f' },
      query: { get: 'a,b' },
    });
    expect(values).toEqual([{ id: 'a', value: '1' }]);
    expect(seen[0]!.url).toBe(
      'http://flink:8081/v1/taskmanagers/127.0.0.1%3A33679-af067f/metrics?get=a%2Cb',
    );
  });

  it('sends JSON with mutations', async () => {
    const seen: Seen[] = [];
    const client = clientThatAnswers(202, { 'request-id': JOB }, seen);
    await client.call('stop', { params: { jobid: JOB }, body: { drain: true } });
    expect(seen[0]!.init.method).toBe('POST');
    expect(seen[0]!.init.body).toBe('{"drain":true}');
  });

  it('turns a stack trace into its sentence', async () => {
    const errors = [
      `org.apache.flink.runtime.rest.NotFoundException: Job ${JOB} not found\n\tat a.B.c(B.java:1)`,
    ];
    const call = clientThatAnswers(404, { errors }).call('job', { params: { jobid: JOB } });
    await expect(call).rejects.toMatchObject({ status: 404, message: `Job ${JOB} not found` });
  });

  it('says which field was not understood', async () => {
    const call = clientThatAnswers(200, { taskmanagers: 'many' }).call('overview');
    await expect(call).rejects.toThrow(/taskmanagers/);
  });

  it('says that nothing answers, and that trying again may help', async () => {
    const failing = async (): Promise<Response> => {
      throw new TypeError('fetch failed');
    };
    const client = new FlinkRestClient({ baseUrl: 'http://nowhere', fetch: failing });
    const error = await client.call('overview').catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(FlinkRestError);
    expect(error).toMatchObject({ code: 'SERVER_UNREACHABLE', retryable: true });
  });

  it('is typed by route', () => {
    const client = clientThatAnswers(200, {});
    expectTypeOf(client.call<'job'>).returns.resolves.toEqualTypeOf<JobDetails>();
    expectTypeOf<FlinkHandlers>().not.toHaveProperty('noSuchRoute');
  });
});

describe('errorMessage', () => {
  it('takes the last cause from an internal error', () => {
    const trace =
      '<Exception on server side:\na.b.OuterException: outer\n\tat x.Y.z(Y.java:1)\n' +
      'Caused by: a.b.InnerException: the real reason\n\tat x.Y.z(Y.java:2)\n' +
      'End of exception on server side>';
    expect(errorMessage(['Internal server error.', trace])).toBe('the real reason');
  });

  it('strips nested classes and keeps colons of the message', () => {
    const text = 'java.util.concurrent.CompletionException: a.b.FooException: path: /x';
    expect(errorMessage([text])).toBe('path: /x');
  });

  it('takes the one who explains before the words of the operating system', () => {
    const trace = [
      'CHECKPOINT_FAILED: savepoint 3 failed',
      "Caused by: STORAGE_FAILED: can't write /x: permission denied; let the server write there",
      "Caused by: Error: EACCES: permission denied, mkdir '/x'",
    ];
    expect(errorMessage([trace.join('\n')])).toBe(
      "can't write /x: permission denied; let the server write there",
    );
  });
});
