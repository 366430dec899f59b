/**
 * Kafka's jars in the user's cache folder: fetched once by Maven, checked against pinned sums.
 *
 * Invariants: a folder under its final name is complete and was verified; it appears by a rename,
 * so that processes that fetch at the same time don't disturb each other.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { WeirError } from '@weir/core';
import { javaProblem, mavenProblem, mavenProgram } from './java.ts';
import { JAR_SHA256, KAFKA_VERSION, pomOf } from './kafka-jar-list.ts';

const run = promisify(execFile);

const FETCH_TIMEOUT_MS = 10 * 60_000;
/** Another repository than Maven Central is named by the environment variable. */
const REPOSITORY_VARIABLE = 'WEIR_MAVEN_REPOSITORY';
const REPOSITORY_DEFAULT = 'https://repo.maven.apache.org/maven2';

/** What keeps a broker from starting here, in one line; null when nothing does. */
export async function kafkaProblem(): Promise<string | null> {
  const java = await javaProblem();
  if (java !== null || existsSync(jarFolder())) return java;
  return mavenProblem();
}

/**
 * The folder of the jars; fetches them at the first call, about 45 MB.
 * @throws WeirError SERVER_UNREACHABLE when something is missing or can't be fetched,
 *   STORAGE_FAILED when a file is not the one that it should be.
 */
export async function kafkaJars(): Promise<string> {
  const problem = await kafkaProblem();
  if (problem !== null) throw new WeirError('SERVER_UNREACHABLE', problem);
  const folder = jarFolder();
  if (existsSync(folder)) return folder;
  const part = `${folder}.${process.pid}`;
  try {
    await mkdir(part, { recursive: true });
    await fetchInto(part);
    await verify(part);
    await rename(part, folder).catch((error: unknown) => {
      // Another process was faster, and its folder is as good.
      if (!existsSync(folder)) throw error;
    });
  } finally {
    await rm(part, { recursive: true, force: true });
  }
  return folder;
}

function jarFolder(): string {
  const cache = process.env.XDG_CACHE_HOME ?? process.env.LOCALAPPDATA ?? join(homedir(), '.cache');
  return join(cache, 'weir', `kafka-${KAFKA_VERSION}`);
}

async function fetchInto(folder: string): Promise<void> {
  const pom = join(folder, 'pom.xml');
  await writeFile(pom, pomOf(process.env[REPOSITORY_VARIABLE] ?? REPOSITORY_DEFAULT));
  const goals = ['dependency:copy-dependencies', '-DincludeScope=runtime'];
  try {
    await run(mavenProgram(), ['-q', '-B', '-f', pom, ...goals, `-DoutputDirectory=${folder}`], {
      timeout: FETCH_TIMEOUT_MS,
      shell: process.platform === 'win32',
    });
  } catch (cause) {
    const { stdout = '', message } = cause as Error & { stdout?: string };
    const why = stdout.split('\n').find((line) => line.includes('ERROR')) ?? message;
    const text = `Kafka ${KAFKA_VERSION} can't be fetched by Maven: ${why}; ${REPOSITORY_VARIABLE} names another repository`;
    throw new WeirError('SERVER_UNREACHABLE', text, { cause });
  }
  await rm(pom);
}

async function verify(folder: string): Promise<void> {
  const names = await readdir(folder);
  for (const name of new Set([...Object.keys(JAR_SHA256), ...names])) {
    const path = join(folder, name);
    const sum = existsSync(path)
      ? createHash('sha256')
          .update(await readFile(path))
          .digest('hex')
      : 'missing';
    if (sum === JAR_SHA256[name]) continue;
    const expected = JAR_SHA256[name] ?? 'no such file';
    const text = `${name} of Kafka ${KAFKA_VERSION} is not the file that it should be: SHA-256 ${sum}, expected ${expected}`;
    throw new WeirError('STORAGE_FAILED', text);
  }
}
