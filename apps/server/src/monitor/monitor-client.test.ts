import { afterEach, describe, expect, it } from 'vitest';
import { workerMonitor } from './monitor-client.ts';
import type { MonitorNotice, MonitorPort } from './monitor-port.ts';

const JOB = 'a'.repeat(32);

let monitor: MonitorPort;
afterEach(() => monitor.close());

describe('the monitor in its worker', () => {
  it('answers after everything that it was told before', async () => {
    const failures: unknown[] = [];
    monitor = workerMonitor({
      historyFile: null,
      onFailure: (_, error) => failures.push(error),
    });
    const notices: MonitorNotice[] = [];
    monitor.listen((notice) => notices.push(notice));
    const topology = {
      jobId: JOB,
      name: 'job',
      startedAt: 1,
      attempt: 0,
      vertices: [],
      edges: [],
    };
    monitor.apply({ type: 'topology', jobId: JOB, topology });
    const event = { t: 5, kind: 'state' as const, text: 'RUNNING', subject: null };
    monitor.apply({ type: 'event', jobId: JOB, event });
    const snapshot = await monitor.snapshot(JOB);
    expect(snapshot).toMatchObject({ topology, events: [event] });
    expect(notices.map((notice) => notice.type)).toContain('event');
    expect(await monitor.history('b'.repeat(32), 0, 9)).toBeNull();
    expect(failures).toEqual([]);
  });

  it('answers with nothing once it is closed', async () => {
    monitor = workerMonitor({ historyFile: null, onFailure: () => {} });
    await monitor.close();
    expect(await monitor.snapshot(JOB)).toBeNull();
  });
});
