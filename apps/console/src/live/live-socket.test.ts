import { encodeJobMessage, packTicks, shapeOf } from '@weir/console-protocol';
import { beforeEach, describe, expect, test } from 'vitest';
import { jobTick, topology } from '../model/test-story.ts';
import { LiveSocket, type SocketLike } from './live-socket.ts';

class FakeSocket implements SocketLike {
  readonly sent: unknown[] = [];
  onopen: (() => void) | null = null;
  onclose: (() => void) | null = null;
  onmessage: ((event: { readonly data: unknown }) => void) | null = null;

  send(data: string): void {
    this.sent.push(JSON.parse(data));
  }
  close(): void {
    this.onclose?.();
  }
  say(message: unknown): void {
    const data = message instanceof Uint8Array ? message.buffer : JSON.stringify(message);
    this.onmessage?.({ data });
  }
}

const JOB = 'ab'.repeat(16);
const TOPIC = `job/${JOB}`;
const delta = (seq: number) =>
  encodeJobMessage({
    op: 'job.delta',
    jobId: JOB,
    seq,
    topology: null,
    events: [],
    pack: null,
  });

let sockets: FakeSocket[];
let timers: { ms: number; callback: () => void }[];
let messages: { op: string; seq?: number }[];
let phases: string[];
let reloads: number;
let reports: string[];
let heard: number[];
let live: LiveSocket;

beforeEach(() => {
  sockets = [];
  timers = [];
  messages = [];
  phases = [];
  reports = [];
  heard = [];
  reloads = 0;
  live = new LiveSocket(
    {
      open: () => {
        const socket = new FakeSocket();
        sockets.push(socket);
        return socket;
      },
      now: () => 1000,
      heard: (t) => heard.push(t),
      random: () => 0.5,
      after: (ms, callback) => timers.push({ ms, callback }),
      reload: () => {
        reloads++;
      },
      report: (message) => reports.push(message),
    },
    {
      message: (message) => messages.push(message),
      connection: ({ phase }) => phases.push(phase),
    },
  );
  live.connect();
});

describe('subscriptions', () => {
  test('one for a topic, however many readers', () => {
    sockets[0]!.onopen?.();
    const first = live.subscribe(TOPIC);
    const second = live.subscribe(TOPIC);
    first();
    first();
    expect(sockets[0]!.sent).toEqual([{ op: 'subscribe', topic: TOPIC, since: null }]);
    second();
    expect(sockets[0]!.sent.at(-1)).toEqual({ op: 'unsubscribe', topic: TOPIC });
  });

  test('resume with the last number that was seen', () => {
    live.subscribe(TOPIC);
    sockets[0]!.onopen?.();
    sockets[0]!.say(delta(7));
    sockets[0]!.say(delta(9));
    sockets[0]!.close();
    timers[0]!.callback();
    sockets[1]!.onopen?.();
    expect(sockets[1]!.sent).toEqual([{ op: 'subscribe', topic: TOPIC, since: 9 }]);
  });

  test('a forgotten topic starts from a snapshot', () => {
    sockets[0]!.onopen?.();
    sockets[0]!.say(delta(7));
    live.forget(TOPIC);
    live.subscribe(TOPIC);
    expect(sockets[0]!.sent).toEqual([{ op: 'subscribe', topic: TOPIC, since: null }]);
  });
});

describe('messages', () => {
  test('an old delta is dropped, a jump is taken', () => {
    for (const seq of [3, 3, 2, 8]) sockets[0]!.say(delta(seq));
    expect(messages.map(({ seq }) => seq)).toEqual([3, 8]);
  });

  test('what is not understood is reported and left out', () => {
    sockets[0]!.say({ op: 'jobs', seq: 'one' });
    sockets[0]!.onmessage?.({ data: '{' });
    // Ticks of a job whose shape is not known.
    const pack = packTicks(shapeOf(topology), [jobTick(1000, false)]);
    const parts = { jobId: JOB, seq: 4, topology: null, events: [], pack };
    sockets[0]!.say(encodeJobMessage({ op: 'job.delta', ...parts }));
    sockets[0]!.say(new Uint8Array(2));
    expect(messages).toEqual([]);
    expect(reports).toHaveLength(4);
  });

  test('another build of the server reloads the page once', () => {
    for (const build of ['a', 'a', 'b']) sockets[0]!.say({ op: 'hello', build, serverTime: 1 });
    expect(heard, "the server's clock is told").toEqual([1, 1, 1]);
    expect(reloads).toBe(1);
  });
});

describe('reconnecting', () => {
  test('backs off, with jitter, up to a bound', () => {
    expect(LiveSocket.retryDelayMs(1, 0)).toBe(250);
    expect(LiveSocket.retryDelayMs(1, 1)).toBe(500);
    expect(LiveSocket.retryDelayMs(4, 1)).toBe(4000);
    expect(LiveSocket.retryDelayMs(40, 1)).toBe(15_000);
  });

  test('says so, and is live again with the first message', () => {
    sockets[0]!.say({ op: 'hello', build: 'a', serverTime: 1 });
    sockets[0]!.close();
    timers[0]!.callback();
    sockets[1]!.say({ op: 'hello', build: 'a', serverTime: 1 });
    expect(phases).toEqual(['live', 'reconnecting', 'live']);
  });

  test('a retry by hand makes the waiting one void', () => {
    sockets[0]!.close();
    live.connect();
    timers[0]!.callback();
    expect(sockets).toHaveLength(2);
  });
});
