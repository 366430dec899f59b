import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { localMonitor } from '../monitor/monitor-port.ts';
import type { HttpServer } from './http-options.ts';
import { startHttp } from './http-server.ts';
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

  it('does not listen where others can reach it', async () => {
    const start = startHttp({ dispatcher: service, host: '0.0.0.0', port: 0 });
    await expect(start).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  });

  it('says that a port is taken', async () => {
    const options = { dispatcher: service, port: server.port, monitor: localMonitor() };
    await expect(startHttp(options)).rejects.toThrow(/in use/);
  });
});
