/** How much of the machine is in use, by whatever runs on it. */
import { cpus } from 'node:os';

export class MachineCores {
  readonly count = cpus().length;
  #busyMs = 0;
  #idleMs = 0;

  constructor() {
    this.busySinceLast();
  }

  /** Cores in use on average since the last call, 0…`count`. */
  busySinceLast(): number {
    let busyMs = 0;
    let idleMs = 0;
    for (const { times } of cpus()) {
      busyMs += times.user + times.nice + times.sys + times.irq;
      idleMs += times.idle;
    }
    const busy = busyMs - this.#busyMs;
    const all = busy + idleMs - this.#idleMs;
    this.#busyMs = busyMs;
    this.#idleMs = idleMs;
    return all > 0 ? (busy / all) * this.count : 0;
  }
}
