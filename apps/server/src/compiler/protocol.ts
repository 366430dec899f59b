/** Messages between the server and a compiler process. Plain data only. */
import type { WireError } from '@weir/core';
import type { JobGraph } from '@weir/graph';
import type { LogEntry } from '@weir/runtime';

export interface CompileRequest {
  /** file: URL of the bundled module. */
  readonly artifactUrl: string;
  /** From the command line: wins over what the program sets. */
  readonly configuration: Readonly<Record<string, string>>;
  /** The server's defaults: yield to what the program sets. */
  readonly defaults: Readonly<Record<string, string>>;
  readonly args: readonly string[];
  readonly submittedAtMs: number;
}

export type CompilerReply =
  | { readonly type: 'log'; readonly entry: LogEntry }
  | { readonly type: 'graph'; readonly graph: JobGraph }
  | { readonly type: 'error'; readonly error: WireError };
