/**
 * The key behind a skew: when one subtask is found to get far more than its share, the vertex'
 * subtasks look at their keys for about a second, and the most frequent one of the busiest subtask
 * is told to the monitor. At no other time anybody looks at keys.
 *
 * Invariant: one sample per verdict, and none while another of that job is taken. A key is shown
 * like any text of the user's: without what may be a secret.
 */
import type { JobEvent } from '@weir/console-protocol';
import { keyGroupOf } from '@weir/core';
import type { KeyFinding } from '@weir/monitor';
import type { JobMasterControl, KeysOfSubtask } from '@weir/runtime';
import { withoutSecrets } from '../http/flink/redaction.ts';
import type { JobService } from '../http/job-service.ts';

const SAMPLE_MS = 1000;
/** Subtasks answer with the first sample of their metrics after that; some may not. */
const ANSWERS_MS = 4000;

export class VerdictKeys {
  readonly #service: JobService;
  readonly #tell: (jobId: string, key: KeyFinding) => void;
  readonly #busy = new Set<string>();

  constructor(service: JobService, tell: (jobId: string, key: KeyFinding) => void) {
    this.#service = service;
    this.#tell = tell;
  }

  /** Call with every event of the monitor. */
  event(jobId: string, { verdict }: JobEvent): void {
    if (verdict?.cause !== 'skew') return;
    if (verdict.phase !== 'begin' && verdict.phase !== 'change') return;
    const control = this.#service.job(jobId)?.control;
    if (control === undefined || this.#busy.has(jobId)) return;
    this.#busy.add(jobId);
    const { vertexId, since } = verdict;
    void keysOf(control, vertexId).then((answers) => {
      this.#busy.delete(jobId);
      const found = hottest(answers, maxParallelismOf(control, vertexId));
      if (found !== null) this.#tell(jobId, { vertexId, since, ...found });
    });
  }
}

/** Of the subtask with most records; null where none has keys, or none had records. */
function hottest(answers: readonly KeysOfSubtask[], maxParallelism: number) {
  const [busiest] = answers.toSorted((left, right) => right.records - left.records);
  const key = busiest?.keys[0];
  if (key === undefined) return null;
  const { text, hash, share } = key;
  return { key: withoutSecrets(text), keyGroup: keyGroupOf(hash, maxParallelism), share };
}

/** What the subtasks answer in time. */
function keysOf(control: JobMasterControl, vertexId: string): Promise<KeysOfSubtask[]> {
  const answers: KeysOfSubtask[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  const vertex = control.view().graph.vertices.find(({ id }) => id === vertexId);
  const stop = control.observe((event) => {
    if (event.type !== 'frequentKeys' || event.vertexId !== vertexId) return;
    answers.push(event);
    if (answers.length >= (vertex?.parallelism ?? 0)) resolve();
  });
  const timer = setTimeout(resolve, ANSWERS_MS);
  control.sampleKeys(vertexId, SAMPLE_MS);
  return promise.then(() => {
    clearTimeout(timer);
    stop();
    return answers;
  });
}

function maxParallelismOf(control: JobMasterControl, vertexId: string): number {
  return control.view().graph.vertices.find(({ id }) => id === vertexId)?.maxParallelism ?? 1;
}
