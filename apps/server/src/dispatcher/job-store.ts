/**
 * Job records on disk, `jobs/<id>.json`: what the JobMaster needs to go on after `kill -9`, and how
 * the job was submitted. Each record is replaced durably as a whole; saves of one job are applied
 * in the order of their calls.
 */
import { type StoragePort, WeirError } from '@weir/core';
import type { JobRecord } from '@weir/runtime';
import type { SubmissionRecord } from '../http/job-service.ts';

const FORMAT = 1;

export interface StoredJob {
  readonly record: JobRecord;
  readonly submission: SubmissionRecord;
}

export class JobStore {
  readonly #storage: StoragePort;
  readonly #submissions = new Map<string, SubmissionRecord>();
  readonly #writes = new Map<string, Promise<void>>();

  /** `storage` is rooted at the folder of the records. */
  constructor(storage: StoragePort) {
    this.#storage = storage;
  }

  /** Before the first `save` of a job. */
  introduce(jobId: string, submission: SubmissionRecord): void {
    this.#submissions.set(jobId, submission);
  }

  submissionOf(jobId: string): SubmissionRecord | null {
    return this.#submissions.get(jobId) ?? null;
  }

  /** Resolves when the record is durable. @throws WeirError STORAGE_FAILED. */
  save(record: JobRecord): Promise<void> {
    const submission = this.#submissions.get(record.jobId);
    const text = JSON.stringify({ format: FORMAT, submission, record });
    const bytes = new TextEncoder().encode(text);
    const before = this.#writes.get(record.jobId) ?? Promise.resolve();
    const write = before
      .catch(() => {
        // Reported to whoever saved that one; this record replaces it anyway.
      })
      .then(() => this.#storage.replace(`${record.jobId}.json`, bytes));
    this.#writes.set(record.jobId, write);
    return write;
  }

  async forget(jobId: string): Promise<void> {
    this.#submissions.delete(jobId);
    this.#writes.delete(jobId);
    await this.#storage.delete(`${jobId}.json`);
  }

  /** Every readable record, oldest first; what is wrong with the others goes to `onDamaged`. */
  async load(onDamaged: (name: string, error: unknown) => void): Promise<StoredJob[]> {
    const jobs: StoredJob[] = [];
    for (const name of await this.#storage.list('')) {
      if (!name.endsWith('.json')) continue;
      try {
        const job = parse(name, await this.#storage.read(name));
        this.introduce(job.record.jobId, job.submission);
        jobs.push(job);
      } catch (error) {
        onDamaged(name, error);
      }
    }
    return jobs.sort(
      (left, right) => left.submission.submittedAtMs - right.submission.submittedAtMs,
    );
  }
}

function parse(name: string, bytes: Uint8Array): StoredJob {
  const content = JSON.parse(new TextDecoder().decode(bytes)) as StoredJob & { format: number };
  if (content.format !== FORMAT || content.record === undefined) {
    throw new WeirError(
      'STORAGE_FAILED',
      `${name} is a job record of format ${content.format}, this version reads ${FORMAT}`,
    );
  }
  return content;
}
