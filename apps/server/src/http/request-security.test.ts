import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { localMonitor } from '../monitor/monitor-port.ts';
import type { HttpServer } from './http-options.ts';
import { startHttp } from './http-server.ts';
import { checkBindAddress } from './request-security.ts';
import { asker } from './testing/raw-request.ts';
import { JOB, SyntheticJob, SyntheticService } from './testing/synthetic-service.ts';

let service: SyntheticService;
let job: SyntheticJob;
let server: HttpServer;

beforeEach(async () => {
  service = new SyntheticService();
  job = new SyntheticJob();
  const monitor = localMonitor();
  server = await startHttp({ dispatcher: service, port: 0, prometheusPort: null, monitor });
  service.add(job);
});
afterEach(() => server.close());

const ask = asker(() => server.port);

describe('security', () => {
  const json = { 'content-type': 'application/json' };

  it('knows its own names only', async () => {
    for (const host of ['evil.example', `evil.example:${server.port}`, 'localhost.evil.example']) {
      expect((await ask('GET', '/v1/overview', { host })).status).toBe(403);
    }
    for (const host of ['localhost:1234', '127.0.0.1', '[::1]:8081']) {
      expect((await ask('GET', '/v1/overview', { host })).status).toBe(200);
    }
  });

  it('keeps other origins from changing jobs, by GET too', async () => {
    const cross = { 'sec-fetch-site': 'cross-site' };
    expect((await ask('GET', `/jobs/${JOB}/yarn-cancel`, cross)).status).toBe(403);
    expect((await ask('PATCH', `/jobs/${JOB}`, { 'sec-fetch-site': 'same-site' })).status).toBe(
      403,
    );
    const origin = { origin: 'http://evil.example' };
    expect((await ask('POST', `/jobs/${JOB}/savepoints`, origin)).status).toBe(403);
    expect(job.calls).toEqual([]);
    const own = { 'sec-fetch-site': 'same-origin', origin: server.url };
    expect((await ask('PATCH', `/jobs/${JOB}`, own)).status).toBe(202);
    expect((await ask('GET', '/v1/overview', cross)).status).toBe(200);
  });

  it("asks for JSON and a header on Weir's own mutations", async () => {
    const body = '{"entry":"job.ts"}';
    expect((await ask('POST', '/weir/v1/jobs', json, body)).status).toBe(403);
    const plain = { 'content-type': 'text/plain', 'x-weir-client': '1' };
    expect((await ask('POST', '/weir/v1/jobs', plain, body)).status).toBe(403);
    expect(service.submitted).toEqual([]);
  });

  it('sends strict headers and allows no other origin', async () => {
    const { headers } = await ask('GET', '/v1/overview', { origin: 'http://evil.example' });
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
    expect(headers['content-security-policy']).toContain("script-src 'self';");
    expect(headers['access-control-allow-origin']).toBeUndefined();
    expect(headers['x-powered-by']).toBeUndefined();
    expect((await ask('OPTIONS', '/weir/v1/jobs')).headers['access-control-allow-origin']).toBe(
      undefined,
    );
  });

  it('lets no change in under /weir that a foreign page could send, whatever the route', async () => {
    const own = { ...json, 'x-weir-client': 'test' };
    const changes = [
      ['POST', '/weir/v1/jobs'],
      ['POST', `/weir/v1/jobs/${JOB}/rerun`],
      ['DELETE', `/weir/v1/jobs/${JOB}`],
      ['PUT', '/weir/v1/history'],
      ['POST', '/weir/v1/no/such/route'],
    ] as const;
    for (const [method, path] of changes) {
      const body = method === 'DELETE' ? '' : '{}';
      expect((await ask(method, path, json, body)).status, path).toBe(403);
      const cross = { ...own, 'sec-fetch-site': 'cross-site' };
      expect((await ask(method, path, cross, body)).status, path).toBe(403);
      const origin = { ...own, origin: 'http://evil.example' };
      expect((await ask(method, path, origin, body)).status, path).toBe(403);
    }
    expect((await ask('POST', '/weir/v1/no/such/route', own, '{}')).status).toBe(404);
    expect((await ask('POST', '/no/such/route', { origin: 'null' })).status).toBe(403);
    expect([...service.submitted, ...service.reruns]).toEqual([]);
  });

  it('takes no body that is larger than a submission can be', async () => {
    const own = { ...json, 'x-weir-client': 'test' };
    const body = JSON.stringify({ entry: 'x'.repeat(1_100_000) });
    expect((await ask('POST', '/weir/v1/jobs', own, body)).status).toBe(413);
    expect((await ask('POST', '/weir/v1/jobs', own, '{"entry":')).status).toBe(400);
  });

  it('never answers with what was asked as a page', async () => {
    const script = '/%3Cscript%3Ealert(1)%3C/script%3E';
    for (const path of [script, `/v1/jobs${script}`, `/weir/v1/jobs${script}`]) {
      const { headers } = await ask('GET', path);
      expect(headers['content-type'], path).toMatch(/^application\/json/);
      expect(headers['x-content-type-options']).toBe('nosniff');
    }
  });

  it('gives no file beyond its own', async () => {
    for (const path of ['/assets/..%2F..%2Fpackage.json', '/..%2f..%2fetc/passwd', '/.env']) {
      expect((await ask('GET', path)).status, path).toBeGreaterThanOrEqual(400);
    }
    const log = await ask('GET', '/jobmanager/logs/..%2F..%2Fetc%2Fpasswd');
    expect(log.body).not.toContain('root:');
  });

  it.each(['0.0.0.0', '::', '192.168.1.7', 'example.com', '127.evil.example'])(
    'does not listen on %s, which others can reach, and says what to do instead',
    (host) => {
      expect(() => checkBindAddress(host)).toThrow(/no authentication yet.*127\.0\.0\.1/);
    },
  );

  it.each(['127.0.0.1', '127.0.0.2', '::1', 'localhost'])('listens on %s', (host) => {
    expect(() => checkBindAddress(host)).not.toThrow();
  });

  it('does not listen where others can reach it', async () => {
    const start = startHttp({ dispatcher: service, host: '0.0.0.0', port: 0 });
    await expect(start).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  });

  it('says that a port is taken', async () => {
    const options = { dispatcher: service, port: server.port, monitor: localMonitor() };
    await expect(startHttp(options)).rejects.toThrow(/in use/);
  });
});
