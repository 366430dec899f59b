/** What a dispatcher has to say of its jobs; the server decides where it stands. */
export interface DispatcherLog {
  info(text: string): void;
  warn(text: string): void;
  error(text: string): void;
  /** Newest last. */
  tail(lines: number): readonly string[];
}
