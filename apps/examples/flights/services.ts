/**
 * What the flights job needs from outside: its data, and a PostgreSQL with the airports.
 *
 * The database is PGlite in a process of its own, started by whichever subtask opens first and
 * shared by all threads of the TaskManager. It ends with the TaskManager, whatever ends that, so
 * no attempt of the job leaves anything running and each finds a fresh database.
 */
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type PgliteAddress, sharedPglite } from '@weir/dev-services';
import { csvFormat, RecordFramer } from '@weir/formats';

/** Path of a file of the npm package `vega-datasets`. */
export function dataFile(name: string): string {
  return join(fileURLToPath(import.meta.resolve('vega-datasets')), '../../data', name);
}

export interface Airport {
  readonly iata: string;
  readonly name: string;
  readonly city: string;
  readonly state: string;
}

export async function readAirports(): Promise<readonly Airport[]> {
  const format = csvFormat({ iata: 'string', name: 'string', city: 'string', state: 'string' });
  const lines: string[] = [];
  const framer = new RecordFramer(format.quoted);
  framer.push(await readFile(dataFile('airports.csv')), (text) => lines.push(text));
  framer.end((text) => lines.push(text));
  const [header = '', ...rows] = lines;
  const decode = format.decoder(header);
  return rows.map(decode).filter((airport) => airport !== null);
}

/**
 * The address of this process's PostgreSQL with a table `airports`, which has no index. Its
 * answers take `latencyMs` longer than they would.
 */
export async function airportsDatabase(latencyMs: number): Promise<PgliteAddress> {
  const airports = await readAirports();
  const rows = airports.map(({ iata, name, city, state }) =>
    [iata, name, city, state].map(literal).join(', '),
  );
  const setup = `
    create table airports (iata text not null, name text, city text, state text);
    insert into airports values (${rows.join('), (')});
    analyze airports;`;
  const cacheFolder = join(tmpdir(), `weir-examples-${process.getuid?.() ?? 0}`);
  return sharedPglite('airports', { setup, cacheFolder, latencyMs });
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
