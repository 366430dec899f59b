/**
 * What the HTTP surface needs from the process that runs jobs. The dispatcher implements it; tests
 * implement it with objects.
 *
 * Call contract:
 * - `startHttp` observes the service before jobs are known: it loads them through `prepare`. A
 *   JobMaster announces its metrics layout once, so an observer that comes later knows no metric.
 * - `jobAdded` is emitted synchronously, after `control` exists and before it starts.
 * - Everything returned is plain and immutable; methods may be called at any time.
 */
import type { Actor, SavepointList } from '@weir/console-protocol';
import type { JobMasterControl } from '@weir/runtime';
import type { ProgramSources } from './program-diff.ts';

export interface JobService {
  /** All jobs that the server knows, running and ended, oldest first. */
  jobs(): readonly JobEntry[];
  job(jobId: string): JobEntry | null;
  observe(listener: (event: JobServiceEvent) => void): () => void;

  /**
   * Bundles, compiles and starts a job; resolves once the job exists (CREATED or INITIALIZING).
   * @throws WeirError ARGUMENT_INVALID, JOB_DEFINITION_INVALID, CONFIG_INVALID, SAVEPOINT_NOT_FOUND.
   */
  submit(request: JobSubmission): Promise<{ readonly jobId: string }>;
  /**
   * Starts a job's program again as a new job; what `changes` leaves out stays as submitted, and
   * without a restore path it begins from nothing.
   * @throws WeirError JOB_NOT_FOUND and what `submit` throws.
   */
  rerun?(jobId: string, changes: RerunChanges): Promise<{ readonly jobId: string }>;
  /** Whether `rerun` can run the job's program: its bundle is there. */
  programKept?(jobId: string): boolean;
  /** The job's program as its author wrote it; null when it is no longer kept. */
  sources?(jobId: string): Promise<ProgramSources | null>;
  /** Forgets an ended job and its record. @throws WeirError JOB_STATE_INVALID while it runs. */
  forget?(jobId: string): Promise<void>;
  /**
   * Deletes a savepoint's folder; only paths that the server itself created.
   * @throws WeirError SAVEPOINT_NOT_FOUND, JOB_STATE_INVALID while a job would need it, STORAGE_FAILED.
   */
  disposeSavepoint(path: string): Promise<void>;
  /** Newest first; `fitsFor` is the job whose graph they are held against, null = each its own. */
  savepoints(fitsFor: string | null): Promise<SavepointList>;

  /** Slots that the server offers at most, for `/overview`; null = as many as jobs need. */
  slotsTotal(): number | null;
  server(): ServerInfo;
  /** Jobs that `weir run` could start, for the console's empty state. */
  examples(): Promise<readonly ExampleEntry[]>;
  /** The server's own log, newest last; at most `lines`. */
  serverLog(lines: number): Promise<readonly string[]>;
}

export interface JobEntry {
  readonly jobId: string;
  readonly control: JobMasterControl;
  readonly artifactSha256: string;
  /** What was submitted, as the user wrote it, e.g. `examples/flights/job.ts`; null if lost. */
  readonly entry: string | null;
  /** How it came to be; null if lost. */
  readonly submission: SubmissionRecord | null;
}

export type JobServiceEvent =
  | { readonly type: 'jobAdded'; readonly job: JobEntry }
  | { readonly type: 'jobRemoved'; readonly jobId: string };

export interface JobSubmission {
  /** Module on the server's machine, absolute or relative to the server's working directory. */
  readonly entry: string;
  /** What the job program sees as its arguments. */
  readonly args: readonly string[];
  /** Null = the job's own or the configuration's. */
  readonly parallelism: number | null;
  readonly configuration: Readonly<Record<string, string>>;
  /** Checkpoint or savepoint to start from. */
  readonly restorePath: string | null;
  /** Null = the name given to `execute()`. */
  readonly name: string | null;
  /** Who asked for it. */
  readonly submittedBy?: Actor;
  /** The job that was run again. */
  readonly rerunOf?: string;
}

/** How a job came to be; kept so that it can be compared and started again differently. */
export interface SubmissionRecord extends JobSubmission {
  readonly submittedAtMs: number;
  /** Counts the submissions of one job name, from 1; missing in records of older servers. */
  readonly version?: number;
}

/** What differs from the job that is run again. */
export type RerunChanges = Partial<
  Pick<
    JobSubmission,
    'args' | 'parallelism' | 'configuration' | 'restorePath' | 'name' | 'submittedBy'
  >
> & {
  /** The job whose program is run instead: an earlier version of the same job. */
  readonly programOf?: string;
};

export interface ServerInfo {
  readonly version: string;
  /** Git commit or build hash; the console reloads itself when it changes. */
  readonly build: string;
  readonly startedAtMs: number;
  readonly dataDirectory: string;
  /** Defaults that jobs inherit; secrets are redacted by the handlers. */
  readonly configuration: Readonly<Record<string, string>>;
}

export interface ExampleEntry {
  readonly name: string;
  readonly title: string;
  /** One or two sentences. */
  readonly description: string;
  /** What to submit. */
  readonly entry: string;
  readonly args: readonly string[];
  /** True when it runs without any outside service. */
  readonly selfContained: boolean;
}
