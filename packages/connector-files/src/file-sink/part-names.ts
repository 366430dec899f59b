/**
 * Names of a file sink's files, all in one folder:
 *
 * - `.part-3-1a2b3c4d-0.inprogress`  being written by subtask 3 of job 1a2b3c4d…
 * - `.part-3-1a2b3c4d-0-7.pending`   complete, waits for checkpoint 7 to be durable
 * - `part-3-7-0.csv`                 committed with checkpoint 7
 *
 * Hidden files are nobody's result. They name job and subtask, so that a restarted job removes its
 * own leftovers and nobody else's.
 */
export interface HiddenPart {
  readonly subtask: number;
  /** Null while it is being written. */
  readonly checkpointId: number | null;
}

export class PartNames {
  readonly #prefix: string;
  readonly #job: string;
  readonly #hidden: RegExp;

  constructor(prefix: string, jobId: string) {
    this.#prefix = prefix;
    this.#job = jobId.slice(0, 8);
    const head = `^\\.${literal(prefix)}-(\\d+)-${literal(this.#job)}-\\d+`;
    this.#hidden = new RegExp(`${head}(?:\\.inprogress|-(\\d+)\\.pending)$`);
  }

  inProgress(subtask: number, serial: number): string {
    return `.${this.#prefix}-${subtask}-${this.#job}-${serial}.inprogress`;
  }

  pending(subtask: number, serial: number, checkpointId: number): string {
    return `.${this.#prefix}-${subtask}-${this.#job}-${serial}-${checkpointId}.pending`;
  }

  committed(subtask: number, checkpointId: number, number: number, extension: string): string {
    return `${this.#prefix}-${subtask}-${checkpointId}-${number}.${extension}`;
  }

  /** What a hidden file of this sink and job is; null for every other file. */
  parse(name: string): HiddenPart | null {
    const match = this.#hidden.exec(name);
    if (match === null) return null;
    const checkpointId = match[2] === undefined ? null : Number(match[2]);
    return { subtask: Number(match[1]), checkpointId };
  }
}

function literal(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
