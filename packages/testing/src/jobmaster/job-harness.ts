/**
 * A job master between fakes, with a journal that checks its laws at every step: ids are durable
 * before they are used and never used twice, commits follow durable metadata and a durable record,
 * a restore never lies before a commit, and no two processes of a job live at once.
 */
import { invariant, type StoragePort } from '@weir/core';
import type { JobGraph } from '@weir/graph';
import {
  JobMaster,
  type JobMasterEvent,
  type JobMasterPorts,
  type JobRecord,
  type ServerToTaskManager,
} from '@weir/runtime';
import { MemoryStorage } from '../memory-storage.ts';
import { SeededRandom } from '../seeded-random.ts';
import { VirtualTime } from '../virtual-time.ts';
import { type Script, ScriptedTaskManager } from './scripted-task-manager.ts';

export const JOB_ID = '0123456789abcdef0123456789abcdef';

export class JobHarness {
  readonly time = new VirtualTime();
  readonly random: SeededRandom;
  readonly storage = new MemoryStorage();
  readonly taskManagers: ScriptedTaskManager[] = [];
  readonly events: JobMasterEvent[] = [];
  readonly script: Script = {
    onTrigger: () => 'acknowledge',
    starts: true,
    cancels: true,
    latencyMs: () => 1,
    writeFile: () => {},
  };
  /** Durable: what a next server process would find. */
  record: JobRecord | null = null;
  /** Called before each write of the record; throw to make it fail. */
  onSave: (record: JobRecord) => void = () => {};
  /** Called after each write of the record: durable, yet whoever asked never learns of it. */
  onSaved: (record: JobRecord) => void = () => {};
  launchFails = false;
  /** Laws that were broken; kept, because a job survives errors of its surroundings. */
  readonly violations: string[] = [];
  readonly ports: JobMasterPorts;
  #master: JobMaster | null = null;
  #firstEvent = 0;
  #lastTriggered = 0;
  #lastCommitted = 0;

  constructor(seed = 1) {
    this.random = new SeededRandom(seed);
    this.ports = {
      clock: this.time,
      timers: this.time,
      random: this.random,
      launcher: {
        launch: (_jobId, attempt, listener) => {
          invariant(!this.launchFails, 'no more processes');
          this.#law(
            this.taskManagers.every((other) => other.exited),
            `two processes of a job at once, attempt ${attempt}`,
          );
          const onSent = (message: ServerToTaskManager) => this.#checkSent(message);
          const { time, script } = this;
          const made = new ScriptedTaskManager(attempt, time, script, listener, onSent);
          this.taskManagers.push(made);
          return made;
        },
      },
      artifactUrl: (sha256) => `file:///artifacts/${sha256}/job.mjs`,
      storage: (root) => rooted(this.storage, root),
      checkpointRoot: '/checkpoints',
      savepointRoot: '/savepoints',
      saveRecord: async (record) => {
        await Promise.resolve();
        this.onSave(record);
        this.#checkRecord(record);
        this.record = structuredClone(record);
        this.onSaved(record);
      },
    };
  }

  get master(): JobMaster {
    invariant(this.#master !== null, 'nothing was submitted');
    return this.#master;
  }

  get status(): string {
    return this.master.view().status;
  }

  /** The process of the newest attempt. */
  get taskManager(): ScriptedTaskManager {
    return this.taskManagers.at(-1)!;
  }

  get statuses(): string[] {
    return this.events.flatMap((event) => (event.type === 'status' ? [event.status] : []));
  }

  sentTypes(manager = this.taskManager): string[] {
    return manager.sent.map((message) =>
      'checkpointId' in message ? `${message.type} ${message.checkpointId}` : message.type,
    );
  }

  /** Starts a job and waits until it runs, unless its tasks don't start. */
  async submit(graph: JobGraph, initialRestorePath: string | null = null): Promise<JobMaster> {
    const { ports } = this;
    const artifactSha256 = 'ab12';
    const master = new JobMaster({
      jobId: JOB_ID,
      graph,
      artifactSha256,
      initialRestorePath,
      ports,
    });
    this.#adopt(master);
    await master.start();
    await this.time.advance(10);
    return master;
  }

  /** `kill -9` of the server: processes die with it, a new one reads the record. */
  async crashAndResume(): Promise<JobMaster> {
    invariant(this.record !== null, 'nothing is durable');
    const { ports } = this;
    await this.abandon();
    const master = new JobMaster({ record: this.record, ports });
    this.#adopt(master);
    await master.start();
    return master;
  }

  /** The old server does nothing any more, and nothing that it had begun is finished. */
  async abandon(): Promise<void> {
    const frozen = this.record;
    const save = this.onSave;
    this.onSave = () => invariant(false, 'the server is dead');
    this.storage.fault = (operation) => {
      invariant(operation === 'read' || operation === 'exists', 'the server is dead');
    };
    const closed = this.master.shutdown();
    for (const manager of this.taskManagers) manager.exit('its server is gone');
    await this.time.advance(0);
    await closed;
    this.onSave = save;
    this.storage.fault = null;
    invariant(this.record === frozen, 'a dead server wrote');
  }

  /**
   * How each checkpoint ended, as the present server tells. An id that was reserved in vain, and of
   * which no task ever heard, may come again after a crash.
   */
  outcomes(): Map<number, string[]> {
    const outcomes = new Map<number, string[]>();
    for (const event of this.events.slice(this.#firstEvent)) {
      if (event.type !== 'checkpoint' || event.checkpoint.status === 'IN_PROGRESS') continue;
      const { id, status } = event.checkpoint;
      outcomes.set(id, [...(outcomes.get(id) ?? []), status]);
    }
    return outcomes;
  }

  #adopt(master: JobMaster): void {
    this.#master = master;
    this.#firstEvent = this.events.length;
    master.observe((event) => void this.events.push(event));
  }

  #law(holds: boolean, broken: string): void {
    if (!holds) this.violations.push(broken);
  }

  #checkSent(message: ServerToTaskManager): void {
    if (message.type === 'triggerCheckpoint') {
      const { checkpointId } = message;
      const next = this.record!.nextCheckpointId;
      this.#law(next > checkpointId, `id ${checkpointId} used before it was durable (${next})`);
      this.#law(checkpointId > this.#lastTriggered, `id ${checkpointId} used twice`);
      this.#lastTriggered = checkpointId;
    }
    if (message.type === 'notifyCheckpointComplete') {
      const { checkpointId } = message;
      const recorded = this.record!.checkpoints.at(-1);
      this.#law(recorded?.id === checkpointId, `commit ${checkpointId} before the record`);
      if (recorded !== undefined) this.#requireMetadata(recorded.path);
      this.#lastCommitted = checkpointId;
    }
    if (message.type === 'deploy') {
      const restored = message.deployment.restoredCheckpointId ?? 0;
      const committed = this.#lastCommitted;
      this.#law(restored >= committed, `restored ${restored} after ${committed} was committed`);
    }
  }

  #checkRecord(record: JobRecord): void {
    for (const { path } of record.checkpoints) this.#requireMetadata(path);
    const before = this.record?.nextCheckpointId ?? 0;
    this.#law(record.nextCheckpointId >= before, `ids went back to ${record.nextCheckpointId}`);
  }

  #requireMetadata(path: string): void {
    const file = `${path}/_metadata`.replace(/^\/+/, '');
    this.#law(this.storage.paths.includes(file), `no metadata in ${file}`);
  }
}

/** A view of one storage from another folder. */
function rooted(storage: MemoryStorage, root: string): StoragePort {
  const at = (path: string) => (path === '' ? root : `${root}/${path}`);
  return {
    uri: `memory://${root}`,
    createWriter: (path) => storage.createWriter(at(path)),
    read: (path, offset, length) => storage.read(at(path), offset, length),
    publishIfAbsent: (path, bytes) => storage.publishIfAbsent(at(path), bytes),
    replace: (path, bytes) => storage.replace(at(path), bytes),
    exists: (path) => storage.exists(at(path)),
    list: (path) => storage.list(at(path)),
    delete: (path) => storage.delete(at(path)),
  };
}
