/** The state of the connection, for the top bar and for greying what is old. */
import type { Connection } from './live-socket.ts';
import { LiveStore } from './live-store.ts';

export class ConnectionStore extends LiveStore {
  #connection: Connection = { phase: 'connecting', lastMessageAt: null, retryAt: null };

  get connection(): Connection {
    return this.#connection;
  }

  apply(connection: Connection): void {
    const phaseChanged = connection.phase !== this.#connection.phase;
    const retryChanged = connection.retryAt !== this.#connection.retryAt;
    this.#connection = connection;
    if (phaseChanged || retryChanged) this.changed();
  }
}
