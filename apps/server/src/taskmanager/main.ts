/**
 * Entry of a TaskManager process. Started by `task-manager-launcher.ts`, possibly before the job's
 * graph exists; ends when its tasks have ended, and at once when the server's connection closes.
 */
import type { ServerToTaskManager, TaskManagerToServer } from '@weir/runtime';
import { flushCompileCacheOnceUp } from '../engine-resolution.ts';
import { TaskManager, type TaskManagerOptions } from './task-manager.ts';

function send(message: TaskManagerToServer): void {
  if (process.connected) process.send?.(message);
}

function end(): void {
  // Messages under way are flushed before the connection closes.
  if (process.connected) process.disconnect();
  else process.exit(0);
}

const options = JSON.parse(process.argv[2] ?? '{}') as TaskManagerOptions;
const taskManager = new TaskManager(options, send, end);
process.on('message', (message: ServerToTaskManager) => taskManager.handle(message));
process.on('disconnect', () => process.exit(0));
// Ctrl-C reaches the whole process group; the server decides what becomes of its TaskManagers.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {});
send({ type: 'ready', pid: process.pid });
flushCompileCacheOnceUp();
