/**
 * What is killed, and when: drawn by a seed. Between the phases of a checkpoint no hook of the
 * product is used; a process is held with SIGSTOP, what the checkpoint has come to is read from the
 * REST interface, and then the victim is killed.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { KafkaCluster } from '@weir/dev-services';
import type { SeededRandom } from '@weir/testing';
import { ServerProcess, until } from './server-process.ts';

const VICTIMS = ['TaskManager', 'server', 'everything', 'broker'] as const;
/** How often each is drawn. */
const TICKETS = [10, 4, 3, 3].flatMap((count, at) => Array<number>(count).fill(at));
const MOMENTS = ['at any time', 'with the broker held', 'with the TaskManager held'] as const;
const STARTING_SHARE = 0.1;
const ANY_MS = 400;
/** A checkpoint of this small state is through within that. */
const CHECKPOINT_MS = 40;
/** How long a held process lets the others come as far as they can. */
const HELD_MS = 150;
const WAIT_MS = 120_000;
/** On a busy machine kills come before any checkpoint; after so many in a row one is waited for. */
const FRUITLESS_MAX = 2;

export interface Kill {
  readonly victim: (typeof VICTIMS)[number];
  readonly moment: (typeof MOMENTS)[number] | 'while it starts';
  readonly afterMs: number;
}

export function drawKill(random: SeededRandom): Kill {
  const victim = VICTIMS[random.pick(TICKETS)]!;
  const starting = random.next() < STARTING_SHARE;
  const drawn = random.pick(MOMENTS);
  const share = random.next();
  if (victim === 'broker') return { victim, moment: 'at any time', afterMs: share * ANY_MS };
  if (starting) return { victim, moment: 'while it starts', afterMs: share * ANY_MS };
  const afterMs = share * (drawn === 'at any time' ? ANY_MS : CHECKPOINT_MS);
  return { victim, moment: drawn, afterMs };
}

interface Checkpoints {
  readonly counts: { readonly completed: number; readonly in_progress: number };
  readonly history: readonly {
    readonly status: string;
    readonly num_acknowledged_subtasks: number;
  }[];
}

/** A job between two topics, and everything that can be killed of it. */
export class KilledJob {
  server: ServerProcess;
  readonly #kafka: KafkaCluster;
  readonly #dataDirectory: string;
  readonly #jobId: string;
  /** Checkpoints that were complete at the last kill, and how many kills have seen no other. */
  #completed = 0;
  #fruitless = 0;

  constructor(server: ServerProcess, dataDirectory: string, kafka: KafkaCluster, jobId: string) {
    this.server = server;
    this.#dataDirectory = dataDirectory;
    this.#kafka = kafka;
    this.#jobId = jobId;
  }

  /** False once it has finished. Rejects when it ended otherwise. */
  async goesOn(): Promise<boolean> {
    const status = await this.server.status(this.#jobId);
    if (status !== 'FAILED' && status !== 'SUSPENDED' && status !== 'CANCELED') {
      return status !== 'FINISHED';
    }
    const [last] = await this.server.exceptions(this.#jobId);
    throw new RangeError(`the job is ${status}: ${last?.stacktrace}`);
  }

  /** Resolves with where that was, once there is a next attempt; null when the job was finished. */
  async kill(kill: Kill): Promise<string | null> {
    if (kill.moment !== 'while it starts') await this.#until(() => this.#runs());
    await this.#progress();
    const held = kill.moment.endsWith('held');
    if (held) await this.#until(async () => (await this.#checkpoints()).counts.in_progress > 0);
    await delay(kill.afterMs);
    if (!(await this.goesOn())) return null;
    const { pid } = await this.server.info(this.#jobId);
    if (!held) {
      await this.#strike(kill, pid);
      return kill.moment;
    }
    const broker = this.#kafka.pids.get(1);
    const stopped = kill.moment === 'with the broker held' ? broker : pid;
    if (typeof stopped === 'number') signal(stopped, 'SIGSTOP');
    const where = await this.#phase();
    // A server that starts needs the broker; a TaskManager that wakes up finds itself replaced.
    await this.#strike(kill, pid, () => typeof stopped === 'number' && signal(stopped, 'SIGCONT'));
    return `${kill.moment}: ${where}`;
  }

  async #progress(): Promise<void> {
    const completed = async (): Promise<number> => (await this.#checkpoints()).counts.completed;
    this.#fruitless = (await completed()) === this.#completed ? this.#fruitless + 1 : 0;
    if (this.#fruitless > FRUITLESS_MAX) {
      await this.#until(async () => (await completed()) !== this.#completed);
      this.#fruitless = 0;
    }
    this.#completed = await completed();
  }

  /** How far the others come while one is held. */
  async #phase(): Promise<string> {
    const before = (await this.#checkpoints()).counts.completed;
    await delay(HELD_MS);
    const { counts, history } = await this.#checkpoints();
    const newest = history[0];
    if (newest?.status === 'IN_PROGRESS') {
      return newest.num_acknowledged_subtasks === 0 ? 'none acknowledged' : 'some acknowledged';
    }
    return counts.completed > before ? 'just completed' : 'between checkpoints';
  }

  async #strike({ victim }: Kill, pid: number | null, release = () => {}): Promise<void> {
    const kafka = this.#kafka;
    if (victim === 'TaskManager' || victim === 'everything') {
      if (pid !== null) signal(pid, 'SIGKILL');
    }
    if (victim === 'broker' || victim === 'everything') await kafka.killBroker(1);
    if (victim === 'server' || victim === 'everything') await this.server.kill();
    if (victim === 'broker' || victim === 'everything') await kafka.startBroker(1);
    if (victim === 'server' || victim === 'everything') {
      this.server = await ServerProcess.start(this.#dataDirectory);
      await until(
        async () => {
          const { jobs } = await this.server.get<{ jobs: { id: string }[] }>('/jobs');
          return jobs.some(({ id }) => id === this.#jobId);
        },
        () => 'the job did not come back',
        WAIT_MS,
      );
    }
    release();
    if (victim === 'broker') return;
    await this.#until(async () => {
      const now = (await this.server.info(this.#jobId)).pid;
      return now !== null && now !== pid;
    });
  }

  /** Also resolves when the job has finished. */
  #until(holds: () => Promise<boolean>): Promise<void> {
    return until(
      async () => (await holds()) || !(await this.goesOn()),
      async () => `hangs: ${JSON.stringify(await this.server.exceptions(this.#jobId))}`,
      WAIT_MS,
    );
  }

  async #runs(): Promise<boolean> {
    const { vertices } = await this.server.get<{
      vertices: { parallelism: number; tasks: Record<string, number> }[];
    }>(`/jobs/${this.#jobId}`);
    return vertices.every(({ parallelism, tasks }) => tasks.RUNNING === parallelism);
  }

  #checkpoints(): Promise<Checkpoints> {
    return this.server.get(`/jobs/${this.#jobId}/checkpoints`);
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended by itself since it was looked up.
  }
}
