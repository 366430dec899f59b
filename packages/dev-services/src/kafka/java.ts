/** Finds the programs that a broker needs. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

const JAVA_MAJOR_MIN = 17;

/** A program of the Java installation: `JAVA_HOME`'s, else the one in the path. */
export function javaProgram(name: 'java' | 'keytool'): string {
  const home = process.env.JAVA_HOME;
  return home === undefined || home === '' ? name : join(home, 'bin', name);
}

/** What is missing for Kafka 4, in one line that says what to do; null when Java is there. */
export async function javaProblem(): Promise<string | null> {
  const program = javaProgram('java');
  try {
    const { stderr, stdout } = await run(program, ['-version']);
    const major = Number(/version "(\d+)/.exec(stderr + stdout)?.[1] ?? 0);
    if (major >= JAVA_MAJOR_MIN) return null;
    return `Kafka needs Java ${JAVA_MAJOR_MIN} or newer, and ${program} is Java ${major}; set JAVA_HOME`;
  } catch {
    return `Kafka needs Java ${JAVA_MAJOR_MIN} or newer, and there is no ${program}; install a JDK`;
  }
}

/** The same for Maven, which fetches the jars. */
export async function mavenProblem(): Promise<string | null> {
  try {
    await run(mavenProgram(), ['--version']);
    return null;
  } catch {
    return 'Kafka is fetched by Maven, and there is no mvn in the path; install Maven';
  }
}

export function mavenProgram(): string {
  return process.platform === 'win32' ? 'mvn.cmd' : 'mvn';
}
