/** Browsers as the server sees them: sockets that subscribe to everything, and some that stall. */
import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';

export class Viewers {
  readonly #reading: WebSocket[] = [];
  readonly #stalled: Socket[] = [];
  bytes = 0;

  static async attach(url: string, reading: number, stalled: number): Promise<Viewers> {
    const viewers = new Viewers();
    const address = new URL('/ws', url);
    await Promise.all([
      ...Array.from({ length: reading }, () => viewers.#read(address)),
      ...Array.from({ length: stalled }, () => viewers.#stall(address)),
    ]);
    return viewers;
  }

  /** All of them look at this job, too. */
  watch(jobId: string): void {
    const message = subscription(`job/${jobId}`);
    for (const socket of this.#reading) socket.send(message);
    for (const socket of this.#stalled) socket.write(frame(message));
  }

  close(): void {
    for (const socket of this.#reading) socket.close();
    for (const socket of this.#stalled) socket.destroy();
  }

  #read(address: URL): Promise<void> {
    const socket = new WebSocket(address.href.replace('http', 'ws'));
    socket.binaryType = 'arraybuffer';
    this.#reading.push(socket);
    socket.addEventListener('message', ({ data }) => {
      this.bytes += typeof data === 'string' ? data.length : (data as ArrayBuffer).byteLength;
    });
    return new Promise((resolve, reject) => {
      socket.addEventListener('open', () => {
        socket.send(subscription('jobs'));
        resolve();
      });
      socket.addEventListener('error', () => reject(new Error(`no socket at ${address}`)));
    });
  }

  /** Subscribes, and never reads again after the handshake. */
  #stall(address: URL): Promise<void> {
    const socket = connect(Number(address.port), address.hostname);
    this.#stalled.push(socket);
    socket.on('error', () => socket.destroy());
    socket.write(
      [
        'GET /ws HTTP/1.1',
        `Host: ${address.host}`,
        'Upgrade: websocket',
        'Connection: Upgrade',
        `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
        'Sec-WebSocket-Version: 13',
        '\r\n',
      ].join('\r\n'),
    );
    return new Promise((resolve) => {
      socket.once('data', () => {
        socket.pause();
        socket.write(frame(subscription('jobs')));
        resolve();
      });
    });
  }
}

function subscription(topic: string): string {
  return JSON.stringify({ op: 'subscribe', topic, since: null });
}

/** A short text message as a client frames it: masked. */
function frame(text: string): Buffer {
  const body = Buffer.from(text);
  const mask = randomBytes(4);
  const masked = body.map((byte, at) => byte ^ mask[at % 4]!);
  return Buffer.concat([Buffer.from([0x81, 0x80 | body.length]), mask, masked]);
}
