import { EventEmitter } from 'node:events';
import type { IncomingMessage } from 'node:http';
import {
  decodeJobMessage,
  packTicks,
  type ServerMessage,
  shapeOf,
  textMessage,
  type TickShape,
} from '@weir/console-protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { localMonitor, type MonitorPort } from '../monitor/monitor-port.ts';
import type { HttpServer } from './http-options.ts';
import { startHttp } from './http-server.ts';
import { type HubSources, SocketHub } from './socket-hub.ts';
import { BUFFERED_BYTES_HIGH, SocketClient, type ViewerSocket } from './socket-client.ts';
import {
  JOB,
  runningView,
  START_MS,
  SyntheticJob,
  SyntheticService,
} from './testing/synthetic-service.ts';
import { Topic } from './topic.ts';

const TOPIC = `job/${JOB}`;

class Viewer {
  readonly socket: WebSocket;
  readonly messages: ServerMessage[] = [];
  #wake: () => void = () => {};
  #shape: TickShape | null;

  constructor(url: string, headers: Record<string, string> = {}, shape: TickShape | null = null) {
    this.#shape = shape;
    this.socket = new WebSocket(`${url.replace('http', 'ws')}/ws`, { headers });
    this.socket.binaryType = 'arraybuffer';
    this.socket.on('message', (data, binary) => {
      this.messages.push(
        binary ? this.#read(data as ArrayBuffer) : textMessage.parse(JSON.parse(String(data))),
      );
      this.#wake();
    });
  }

  get shape(): TickShape | null {
    return this.#shape;
  }

  #read(data: ArrayBuffer): ServerMessage {
    const message = decodeJobMessage(data, () => this.#shape)!;
    if (message.data.topology !== null) this.#shape = shapeOf(message.data.topology);
    return message;
  }

  async next(op: ServerMessage['op']): Promise<ServerMessage> {
    for (;;) {
      const index = this.messages.findIndex((message) => message.op === op);
      if (index >= 0) return this.messages.splice(index, 1)[0]!;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  send(message: unknown): void {
    this.socket.send(JSON.stringify(message));
  }

  subscribe(topic: string, since: number | null = null): void {
    this.send({ op: 'subscribe', topic, since });
  }
}

let service: SyntheticService;
let job: SyntheticJob;
let server: HttpServer;
let monitor: MonitorPort;

beforeEach(async () => {
  service = new SyntheticService();
  job = new SyntheticJob();
  monitor = localMonitor({ nowMs: () => START_MS });
  const options = { port: 0, prometheusPort: null, nowMs: () => START_MS };
  server = await startHttp({ dispatcher: service, monitor, ...options });
  service.add(job);
});
afterEach(() => server.close());

describe('the socket', () => {
  it('greets, sends a snapshot, then numbered deltas', async () => {
    job.sendFrames([1, 2]);
    const viewer = new Viewer(server.url);
    expect(await viewer.next('hello')).toMatchObject({ build: 'abc123', serverTime: START_MS });
    viewer.subscribe(TOPIC);
    const snapshot = await viewer.next('job.snapshot');
    if (snapshot.op !== 'job.snapshot') return;
    expect(snapshot.data.history.map((tick) => tick.recordsIn)).toEqual([null, 1000]);
    expect(snapshot.data.topology.edges).toHaveLength(1);
    job.sendFrames([3]);
    expect(await viewer.next('job.delta')).toMatchObject({
      jobId: JOB,
      seq: snapshot.seq + 1,
      data: { tick: { t: START_MS + 3000, state: 'RUNNING' }, events: [] },
    });
    const timestamps = { FAILING: START_MS + 4000 };
    job.view = runningView({ status: 'FAILING', timestamps });
    job.emit({ type: 'status', status: 'FAILING', atMs: START_MS + 4000 });
    expect(await viewer.next('job.delta')).toMatchObject({
      seq: snapshot.seq + 2,
      data: { tick: { t: START_MS + 4000, state: 'FAILING', recordsIn: null }, events: [] },
    });
    expect(await viewer.next('job.delta')).toMatchObject({
      seq: snapshot.seq + 3,
      data: { tick: null, events: [{ kind: 'state', text: 'FAILING' }] },
    });
    viewer.socket.terminate();
  });

  it('goes on after a lost connection with what was missed', async () => {
    job.sendFrames([1]);
    const first = new Viewer(server.url);
    await first.next('hello');
    first.subscribe(TOPIC);
    const snapshot = await first.next('job.snapshot');
    if (snapshot.op !== 'job.snapshot') return;
    first.socket.terminate();
    job.sendFrames([2, 3]);
    const second = new Viewer(server.url, {}, first.shape);
    await second.next('hello');
    second.subscribe(TOPIC, snapshot.seq);
    for (const seconds of [2, 3]) {
      const delta = await second.next('job.delta');
      expect(delta).toMatchObject({ data: { tick: { t: START_MS + seconds * 1000 } } });
    }
    second.subscribe(TOPIC, 5);
    expect((await second.next('job.snapshot')).op).toBe('job.snapshot');
    second.socket.terminate();
  });

  it('lists jobs and says when one is gone', async () => {
    job.sendFrames([1, 2]);
    const viewer = new Viewer(server.url);
    await viewer.next('hello');
    viewer.subscribe('jobs');
    const jobs = await viewer.next('jobs');
    expect(jobs).toMatchObject({
      data: {
        jobs: [
          {
            jobId: JOB,
            state: 'RUNNING',
            tasksRunning: 3,
            recordsIn: 1000,
            lastCheckpoint: { id: 3, durationMs: 45, bytes: 400 },
            sparkline: [null, 1000],
          },
        ],
      },
    });
    viewer.subscribe(TOPIC);
    await viewer.next('job.snapshot');
    service.remove(JOB);
    expect(await viewer.next('job.gone')).toEqual({ op: 'job.gone', jobId: JOB });
    viewer.subscribe(TOPIC);
    expect((await viewer.next('job.gone')).op).toBe('job.gone');
    viewer.socket.terminate();
  });

  it('explains a message that it does not know', async () => {
    const viewer = new Viewer(server.url);
    viewer.socket.once('open', () => viewer.socket.send('nonsense'));
    expect(await viewer.next('error')).toMatchObject({ topic: null });
    viewer.send({ op: 'subscribe', topic: '../etc', since: null });
    expect(await viewer.next('error')).toMatchObject({ topic: null });
    viewer.socket.terminate();
  });

  it.each([
    ['another origin', { origin: 'http://evil.example' }],
    ['another host', { host: 'evil.example' }],
  ])('is closed to %s', async (_, headers) => {
    const viewer = new Viewer(server.url, headers);
    const status = await new Promise<number | undefined>((resolve) => {
      viewer.socket.on('unexpected-response', (__, response) => resolve(response.statusCode));
    });
    expect(status).toBe(403);
  });

  it('is open to its own origin', async () => {
    const viewer = new Viewer(server.url, { origin: server.url });
    expect((await viewer.next('hello')).op).toBe('hello');
    viewer.socket.terminate();
  });
});

const SHAPE: TickShape = { vertexIds: [], edgeIndexes: [] };

function packOf(t: number) {
  const totals = { recordsIn: 1, recordsOut: 1, watermarkLag: null, watermark: null };
  const rest = { pendingRecords: null, pendingMs: null, vertices: [], edges: [] };
  return packTicks(SHAPE, [{ t, state: 'RUNNING', ...totals, ...rest }]);
}

class SlowSocket implements ViewerSocket {
  bufferedAmount = 0;
  readonly sent: ServerMessage[] = [];
  terminated = false;

  send(message: unknown): void {
    const { buffer } = message as Uint8Array<ArrayBuffer>;
    this.sent.push(decodeJobMessage(buffer, () => SHAPE)!);
  }

  ping(): void {}

  terminate(): void {
    this.terminated = true;
  }
}

describe('a slow viewer', () => {
  it('loses ticks in between, but no event, and gets the newest once it has read', () => {
    const socket = new SlowSocket();
    const client = new SocketClient(socket);
    const topic = new Topic(JOB, 0);
    client.begin(TOPIC, client.subscribe(TOPIC), []);
    const event = { t: 1, kind: 'state' as const, text: 'RUNNING', subject: null };
    const delta = (t: number, events: (typeof event)[] = []) =>
      client.delta(TOPIC, JOB, topic.add({ topology: null, pack: packOf(t), events }));
    delta(1);
    socket.bufferedAmount = BUFFERED_BYTES_HIGH + 1;
    delta(2, [event]);
    delta(3);
    client.flush();
    expect(socket.sent.map((message) => 'seq' in message && message.seq)).toEqual([1]);
    socket.bufferedAmount = 0;
    client.flush();
    client.flush();
    expect(socket.sent).toHaveLength(2);
    expect(socket.sent[1]).toMatchObject({
      op: 'job.delta',
      jobId: JOB,
      seq: 3,
      data: { topology: null, tick: { t: 3, recordsIn: 1 }, events: [event] },
    });
  });

  it('is dropped when it answers no ping', () => {
    const socket = new SlowSocket();
    const client = new SocketClient(socket);
    client.checkAlive();
    client.pong();
    client.checkAlive();
    expect(socket.terminated).toBe(false);
    client.checkAlive();
    expect(socket.terminated).toBe(true);
  });
});

describe('the jobs list', () => {
  it('comes with every figure to who lists jobs, and with states to who names them', () => {
    const row = { jobId: JOB, state: 'RUNNING', recordsIn: 1 };
    let nowMs = 1_000_000;
    const hub = new SocketHub({
      service: { server: () => ({ build: 'b' }) },
      summaries: { snapshot: () => ({ t: nowMs, jobs: [{ ...row }] }) },
      nowMs: () => nowMs,
    } as unknown as HubSources);
    const greetings = [0, 0];
    const viewers = ['jobs', 'jobs/states'].map((topic, at) => {
      const sent: string[] = [];
      const socket = Object.assign(new EventEmitter(), {
        bufferedAmount: 0,
        send: (text: string) => sent.push(text),
      });
      hub.connect(socket as unknown as WebSocket, {} as IncomingMessage);
      socket.emit('message', JSON.stringify({ op: 'subscribe', topic, since: null }));
      return () => {
        const told = sent.splice(0);
        greetings[at]! += told.filter((text) => text.includes('"hello"')).length;
        return told.filter((text) => text.includes('"jobs"')).length;
      };
    });
    const sentTo = () => viewers.map((sent) => sent());
    expect(sentTo()).toEqual([1, 1]);
    hub.refresh();
    expect(sentTo()).toEqual([1, 1]);
    row.recordsIn = 2;
    hub.refresh();
    expect(sentTo()).toEqual([1, 0]);
    row.state = 'FAILING';
    hub.refresh();
    expect(sentTo()).toEqual([1, 1]);
    row.recordsIn = 3;
    nowMs += 4000;
    hub.refresh();
    expect(sentTo()).toEqual([1, 0]);
    expect(greetings).toEqual([1, 2]);
    row.recordsIn = 4;
    nowMs += 30_000;
    hub.refresh();
    expect(sentTo()).toEqual([1, 1]);
    hub.refresh();
    expect(sentTo()).toEqual([0, 0]);
    hub.close();
  });
});

describe('Topic', () => {
  it('tells the newest tick of a wide job by itself, since its past takes a while', () => {
    const vertices = Array.from({ length: 150 }, (_, at) => ({
      ...{ id: `v${at}`, name: `v${at}`, parallelism: 1, maxParallelism: 1 },
      ...{ slotSharingGroup: 'default', operators: [] },
    }));
    const wide = { jobId: JOB, name: 'wide', startedAt: 0, attempt: 0, vertices, edges: [] };
    const topic = new Topic(JOB, 0);
    topic.add({ topology: wide, pack: null, events: [] });
    expect(topic.newest()).toBeNull();
    const totals = { recordsIn: 1, recordsOut: 1, watermarkLag: null, watermark: null };
    const rest = { pendingRecords: null, pendingMs: null, vertices: [], edges: [] };
    const pack = packTicks(shapeOf(wide), [{ t: 7, state: 'RUNNING', ...totals, ...rest }]);
    topic.add({ topology: null, pack, events: [] });
    const message = decodeJobMessage(topic.newest()!.slice().buffer, () => null);
    expect(message).toMatchObject({ op: 'job.snapshot', seq: 2, data: { topology: wide } });
    if (message?.op !== 'job.snapshot') return;
    expect(message.data.history.map(({ t }) => t)).toEqual([7]);
    topic.add({ topology: { ...wide, vertices: vertices.slice(1) }, pack: null, events: [] });
    expect(topic.newest()).toBeNull();
  });

  it('knows which deltas were missed, and which it has no more', () => {
    const topic = new Topic(JOB, 1000);
    for (let i = 0; i < 200; i++) topic.add({ topology: null, pack: null, events: [] });
    expect(topic.since(1198)!.map((one) => one.seq)).toEqual([1199, 1200]);
    expect(topic.since(1200)).toEqual([]);
    expect(topic.since(1000)).toBeNull();
    expect(topic.since(5000)).toBeNull();
  });
});
