/** With `--profile`: a CPU profile of the measuring thread, for the measured records only. */
import { writeFileSync } from 'node:fs';
import { Session } from 'node:inspector';

/** Set by `run.ts`; the processes of the server inherit it. */
export const PROFILE_VARIABLE = 'WEIR_BENCH_PROFILE';

const SAMPLE_MICROSECONDS = 500;

export class Profile {
  readonly #file: string;
  readonly #session = new Session();

  private constructor(file: string) {
    this.#file = file;
  }

  /** Null unless a profile was asked for. */
  static start(): Profile | null {
    const file = process.env[PROFILE_VARIABLE];
    if (file === undefined) return null;
    const profile = new Profile(file);
    profile.#session.connect();
    profile.#session.post('Profiler.enable');
    profile.#session.post('Profiler.setSamplingInterval', { interval: SAMPLE_MICROSECONDS });
    profile.#session.post('Profiler.start');
    return profile;
  }

  /** Writes the file before it returns: a session with its own thread answers at once. */
  stop(): void {
    this.#session.post('Profiler.stop', (error, stopped) => {
      if (error !== null) throw error;
      writeFileSync(`${this.#file}-${process.pid}.cpuprofile`, JSON.stringify(stopped.profile));
    });
    this.#session.disconnect();
  }
}
