/** What a task is made of. */
import type { ClockPort, StoragePort } from '@weir/core';
import type { InputGate } from '../channels/contracts.ts';
import type { TaskManagerToServer } from '../taskmanager/protocol.ts';
import type { TaskLocation } from '../taskmanager/task-location.ts';
import type { OperatorChain } from './operator-chain.ts';
import type { OperatorPosition } from './operator-position.ts';

export interface StreamTaskSetup {
  readonly location: TaskLocation;
  readonly chain: OperatorChain;
  /** Null for source tasks. */
  readonly gate: InputGate | null;
  readonly clock: ClockPort;
  readonly bufferTimeoutMs: number;
  /** Between two latency markers of a source; 0 = none. */
  readonly latencyIntervalMs: number;
  readonly position: OperatorPosition;
  storage(root: string): StoragePort;
  yieldTurn(): Promise<void>;
  send(message: TaskManagerToServer): void;
  /** Something outside made progress possible. */
  wakeUp(): void;
}
