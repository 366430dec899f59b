/**
 * The WebSocket at `/ws`: who watches what. Fed by the monitor's notices in their order; a snapshot
 * that the monitor gives holds all notices before it, so deltas follow without gap or overlap.
 */
import type { IncomingMessage } from 'node:http';
import {
  clientMessage,
  encodeJobMessage,
  type JobSummary,
  type TextMessage,
} from '@weir/console-protocol';
import type { WebSocket } from 'ws';
import type { MonitorNotice, MonitorPort } from '../monitor/monitor-port.ts';
import type { JobSummaries } from './job-summaries.ts';
import type { JobService } from './job-service.ts';
import { SocketClient } from './socket-client.ts';
import { type PackedDelta, Topic } from './topic.ts';

const CLIENTS_MAX = 256;
const TOPICS_MAX = 64;
const REFRESH_MS = 1000;
const PING_MS = 15_000;
const STATES_MS = 30_000;
/** A page that gets nothing for five seconds calls itself stale. */
const BEAT_MS = 3500;

export interface HubSources {
  readonly service: JobService;
  readonly monitor: MonitorPort;
  readonly summaries: JobSummaries;
  readonly nowMs: () => number;
}

export class SocketHub {
  readonly #sources: HubSources;
  readonly #clients = new Set<SocketClient>();
  readonly #topics = new Map<string, Topic>();
  readonly #timers: NodeJS.Timeout[];
  #jobsSeq: number;
  #jobsShown = '';
  #statesShown = '';
  #statesAtMs = 0;
  #beatAtMs = 0;

  constructor(sources: HubSources) {
    this.#sources = sources;
    this.#jobsSeq = sources.nowMs();
    this.#timers = [
      setInterval(() => this.refresh(), REFRESH_MS),
      setInterval(() => this.checkAlive(), PING_MS),
    ];
    for (const timer of this.#timers) timer.unref();
  }

  /** False when there are too many viewers; the socket is then closed. */
  connect(socket: WebSocket, _request: IncomingMessage): boolean {
    if (this.#clients.size >= CLIENTS_MAX) {
      socket.close(1013, 'Too many connections; close other consoles of this server.');
      return false;
    }
    const client = new SocketClient(socket);
    this.#clients.add(client);
    socket.on('close', () => this.#clients.delete(client));
    socket.on('error', () => socket.terminate());
    socket.on('pong', () => client.pong());
    socket.on('message', (data) => this.#onMessage(client, String(data)));
    client.send(this.#hello());
    return true;
  }

  notice(notice: MonitorNotice): void {
    const delta: PackedDelta = {
      topology: notice.type === 'topology' ? notice.topology : null,
      pack: notice.type === 'tick' ? notice.pack : null,
      events: notice.type === 'event' ? [notice.event] : [],
    };
    const topic = `job/${notice.jobId}`;
    const numbered = this.#topic(topic).add(delta);
    for (const client of this.#clients) client.delta(topic, notice.jobId, numbered);
  }

  jobRemoved(jobId: string): void {
    const topic = `job/${jobId}`;
    this.#topics.delete(topic);
    for (const client of this.#clients) {
      if (!client.has(topic)) continue;
      client.unsubscribe(topic);
      client.send({ op: 'job.gone', jobId });
    }
  }

  /** Once a second: the jobs list if it changed, and what slow viewers were not sent. */
  refresh(): void {
    for (const client of this.#clients) client.flush();
    if (![...this.#clients].some((client) => client.hasJobs)) return;
    const nowMs = this.#sources.nowMs();
    const data = this.#sources.summaries.snapshot(nowMs);
    const shown = JSON.stringify(data.jobs);
    if (shown === this.#jobsShown) return;
    this.#jobsShown = shown;
    this.#jobsSeq++;
    const states = JSON.stringify(data.jobs.map(statesOf));
    const toAll = states !== this.#statesShown || nowMs - this.#statesAtMs >= STATES_MS;
    if (toAll) [this.#statesShown, this.#statesAtMs, this.#beatAtMs] = [states, nowMs, nowMs];
    else if (nowMs - this.#beatAtMs >= BEAT_MS) this.#beat(nowMs);
    const message: TextMessage = { op: 'jobs', seq: this.#jobsSeq, data };
    const text = JSON.stringify(message);
    for (const client of this.#clients) {
      if (client.has('jobs') || (toAll && client.hasJobs)) client.jobs(text);
    }
  }

  /** To who gets no list meanwhile: the server is there. */
  #beat(nowMs: number): void {
    this.#beatAtMs = nowMs;
    const hello = this.#hello();
    for (const client of this.#clients) {
      if (client.hasJobs && !client.has('jobs')) client.send(hello);
    }
  }

  #hello(): TextMessage {
    const { build } = this.#sources.service.server();
    return { op: 'hello', build, serverTime: this.#sources.nowMs() };
  }

  checkAlive(): void {
    for (const client of this.#clients) client.checkAlive();
  }

  close(): void {
    for (const timer of this.#timers) clearInterval(timer);
    this.#clients.clear();
  }

  #onMessage(client: SocketClient, text: string): void {
    const message = parse(text);
    if (message === null) {
      const hint = 'Unknown message; expected {"op":"subscribe","topic":"jobs","since":null}.';
      client.send({ op: 'error', message: hint, topic: null });
      return;
    }
    if (message.op === 'unsubscribe') {
      client.unsubscribe(message.topic);
      return;
    }
    const { topic, since } = message;
    if (client.topics >= TOPICS_MAX && !client.has(topic)) {
      client.send({ op: 'error', message: 'Too many topics; unsubscribe from some.', topic });
      return;
    }
    if (topic === 'jobs' || topic === 'jobs/states') this.#subscribeJobs(client, topic);
    else void this.#subscribeJob(client, topic, since);
  }

  #subscribeJobs(client: SocketClient, topic: string): void {
    const token = client.subscribe(topic);
    const data = this.#sources.summaries.snapshot(this.#sources.nowMs());
    client.begin(topic, token, [{ op: 'jobs', seq: ++this.#jobsSeq, data }]);
  }

  async #subscribeJob(client: SocketClient, name: string, since: number | null): Promise<void> {
    const jobId = name.slice('job/'.length);
    const token = client.subscribe(name);
    if (this.#sources.service.job(jobId) === null) {
      client.unsubscribe(name);
      client.send({ op: 'job.gone', jobId });
      return;
    }
    const topic = this.#topic(name);
    const missed = since === null ? null : topic.since(since);
    if (missed !== null) {
      client.begin(
        name,
        token,
        missed.map((one) => one.message()),
      );
      return;
    }
    // What is seen first, without waiting for the past behind it.
    const newest = since === null ? topic.newest() : null;
    if (newest !== null) client.send(newest);
    const snapshot = await this.#sources.monitor.snapshot(jobId);
    if (snapshot === null) {
      client.unsubscribe(name);
      const message = 'The monitor has no data of this job; see the server log.';
      client.send({ op: 'error', message, topic: name });
      return;
    }
    const { history: pack, ...rest } = snapshot;
    const parts = { op: 'job.snapshot' as const, jobId, seq: topic.seq, ...rest, pack };
    client.begin(name, token, [encodeJobMessage(parts)]);
  }

  #topic(name: string): Topic {
    let topic = this.#topics.get(name);
    if (topic === undefined) {
      topic = new Topic(name.slice('job/'.length), this.#sources.nowMs());
      this.#topics.set(name, topic);
    }
    return topic;
  }
}

/** What of a job moves with more than its records. */
function statesOf(job: JobSummary) {
  const { jobId, name, state, endedAt, restarts, tasksRunning } = job;
  return [jobId, name, state, endedAt, restarts, tasksRunning];
}

function parse(text: string) {
  try {
    const result = clientMessage.safeParse(JSON.parse(text));
    return result.success ? result.data : null;
  } catch {
    return null;
  }
}
