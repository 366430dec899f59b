/**
 * The layout of `.weir/`, everything that survives the server:
 *
 *   lock, server.json      who holds the directory
 *   jobs/<id>.json         one record per job, replaced durably at each change
 *   artifacts/<sha256>/    bundled job modules with their source maps
 *   checkpoints/<id>/      chk-N folders of a job
 *   savepoints/            savepoint folders
 *   profiles/<id>/         flame profiles that were taken, the newest 64 MiB of all jobs
 *   logs/<id>.log          what a job printed, and the older part of it in <id>.log.1
 *   taskmanagers/<pid>     processes that may outlive the server for a moment
 */
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const DATA_DIRECTORY_DEFAULT = '.weir';

const FOLDERS = [
  'jobs',
  'artifacts',
  'checkpoints',
  'savepoints',
  'taskmanagers',
  'logs',
  'profiles',
];

export class DataDirectory {
  readonly root: string;

  /** Creates what is missing. Relative paths are relative to the working directory. */
  constructor(path: string) {
    this.root = resolve(path);
    for (const folder of FOLDERS) {
      mkdirSync(join(this.root, folder), { recursive: true });
    }
  }

  get jobs(): string {
    return join(this.root, 'jobs');
  }

  get artifacts(): string {
    return join(this.root, 'artifacts');
  }

  get checkpoints(): string {
    return join(this.root, 'checkpoints');
  }

  get savepoints(): string {
    return join(this.root, 'savepoints');
  }

  get profiles(): string {
    return join(this.root, 'profiles');
  }

  get logs(): string {
    return join(this.root, 'logs');
  }

  get taskManagers(): string {
    return join(this.root, 'taskmanagers');
  }
}
