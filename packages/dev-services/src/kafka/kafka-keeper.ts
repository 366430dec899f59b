/** The parent's side of the process that keeps brokers. */
import { type ChildProcess, spawn } from 'node:child_process';
import { WeirError } from '@weir/core';
import { KAFKA_KEEPER_PROGRAM } from './kafka-keeper-program.ts';

type FromKeeper =
  | { readonly type: 'ready'; readonly id: number; readonly pid: number }
  | { readonly type: 'ended'; readonly id: number; readonly log: string };

export interface BrokerCommand {
  readonly program: string;
  readonly args: readonly string[];
  readonly log: string;
}

const READY_TIMEOUT_MS = 120_000;

export class KafkaKeeper {
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;

  constructor(folder: string) {
    const args = ['--input-type=module', '--eval', KAFKA_KEEPER_PROGRAM, folder];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    child.setMaxListeners(0);
    this.#child = child;
    this.#ended = new Promise((resolve) => child.once('exit', () => resolve()));
    child.unref();
    child.channel?.unref();
  }

  /** The pid, when the broker serves. @throws WeirError SERVER_UNREACHABLE with its log's end. */
  async start(id: number, command: BrokerCommand): Promise<number> {
    const answer = this.#next(id);
    this.#child.send({ type: 'start', id, ...command });
    const message = await answer;
    if (message.type === 'ready') return message.pid;
    const text = `Kafka broker ${id} did not start: ${message.log.trim()}`;
    throw new WeirError('SERVER_UNREACHABLE', text);
  }

  /** Resolves when the broker has ended. */
  async end(id: number, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const answer = this.#next(id);
    this.#child.send({ type: 'signal', id, signal });
    await answer;
  }

  /** Kills all brokers and removes their folder. */
  async close(): Promise<void> {
    this.#child.ref();
    if (this.#child.connected) this.#child.disconnect();
    await this.#ended;
  }

  #next(id: number): Promise<FromKeeper> {
    return new Promise((resolve, reject) => {
      this.#child.channel?.ref();
      const finish = (): void => {
        clearTimeout(timer);
        this.#child.off('message', onMessage);
        this.#child.channel?.unref();
      };
      const onMessage = (message: FromKeeper): void => {
        if (message.id !== id) return;
        finish();
        resolve(message);
      };
      const timer = setTimeout(() => {
        finish();
        const text = `Kafka broker ${id} did not answer within ${READY_TIMEOUT_MS / 1000} s`;
        reject(new WeirError('TIMEOUT', text));
      }, READY_TIMEOUT_MS);
      this.#child.on('message', onMessage);
    });
  }
}
