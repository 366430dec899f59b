/**
 * Stands between clients and a broker, forwards their frames, and can hold one: the next request of
 * a kind before the broker sees it, or its answer before the client does. So a kill lands exactly
 * between two steps of a transaction, without a hook in the product.
 */
import { createServer, type AddressInfo, type Server, type Socket, connect } from 'node:net';

/** Numbers of Kafka's requests. */
export const REQUESTS = {
  Produce: 0,
  InitProducerId: 22,
  AddOffsetsToTxn: 25,
  EndTxn: 26,
  TxnOffsetCommit: 28,
} as const;

export interface Point {
  readonly request: keyof typeof REQUESTS;
  readonly side: 'request' | 'answer';
}

interface Hold {
  readonly point: Point;
  readonly reached: () => void;
}

export class KafkaGate {
  readonly port: number;
  /** The highest version in which each client has sent a kind of request: `client kind`. */
  readonly versions = new Map<string, number>();
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #broker = 0;
  #hold: Hold | null = null;

  private constructor(server: Server) {
    this.#server = server;
    this.port = (server.address() as AddressInfo).port;
    server.on('connection', (client) => this.#join(client));
  }

  /** Its port is what the broker has to advertise; it forwards once it was told the broker's. */
  static open(): Promise<KafkaGate> {
    const server = createServer();
    return new Promise((resolve) => {
      server.listen(0, '127.0.0.1', () => resolve(new KafkaGate(server)));
    });
  }

  forwardTo(port: number): void {
    this.#broker = port;
  }

  /** Resolves when the next of that kind was reached; it and what follows on its connection stays. */
  holdNext(point: Point): Promise<void> {
    return new Promise((reached) => {
      this.#hold = { point, reached };
    });
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #join(client: Socket): void {
    const broker = connect(this.#broker, '127.0.0.1');
    /** Kind of the requests that wait for their answer, by correlation id. */
    const asked = new Map<number, number>();
    const pair = [client, broker];
    for (const socket of pair) {
      this.#sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        this.#sockets.delete(socket);
        for (const each of pair) each.destroy();
      });
    }
    forEachFrame(client, (frame) => {
      const kind = frame.readInt16BE(4);
      asked.set(frame.readInt32BE(8), kind);
      this.#remember(frame, kind);
      if (this.#holds(kind, 'request')) return false;
      broker.write(frame);
      return true;
    });
    forEachFrame(broker, (frame) => {
      const id = frame.readInt32BE(4);
      const kind = asked.get(id) ?? -1;
      asked.delete(id);
      if (this.#holds(kind, 'answer')) return false;
      client.write(frame);
      return true;
    });
  }

  /** A request begins with its kind, version and number, and the client's name. */
  #remember(frame: Buffer, kind: number): void {
    const client = frame.toString('utf8', 14, 14 + Math.max(0, frame.readInt16BE(12)));
    const key = `${client} ${kind}`;
    const version = frame.readInt16BE(6);
    if (version > (this.versions.get(key) ?? -1)) this.versions.set(key, version);
  }

  #holds(kind: number, side: Point['side']): boolean {
    const hold = this.#hold;
    if (hold === null || hold.point.side !== side || REQUESTS[hold.point.request] !== kind) {
      return false;
    }
    this.#hold = null;
    hold.reached();
    return true;
  }
}

/** Whole frames with their length in front, until one is not let through. */
function forEachFrame(socket: Socket, letThrough: (frame: Buffer) => boolean): void {
  let rest: Buffer = Buffer.alloc(0);
  let open = true;
  socket.on('data', (chunk: Buffer) => {
    if (!open) return;
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    while (open && rest.length >= 4) {
      const length = 4 + rest.readInt32BE(0);
      if (rest.length < length) return;
      const frame = rest.subarray(0, length);
      rest = rest.subarray(length);
      open = letThrough(frame);
    }
  });
}
