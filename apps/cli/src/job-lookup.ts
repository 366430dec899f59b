/** Users shorten ids; the REST API wants all 32 digits. */
import { isId, WeirError } from '@weir/core';
import type { FlinkRestClient } from '@weir/flink-rest';

/** @throws WeirError JOB_NOT_FOUND when none or several jobs begin so. */
export async function findJob(client: FlinkRestClient, prefix: string): Promise<string> {
  if (isId(prefix)) return prefix;
  const { jobs } = await client.call('jobs');
  const found = jobs.filter(({ id }) => id.startsWith(prefix));
  const [only] = found;
  if (found.length === 1 && only !== undefined) return only.id;
  const what = found.length === 0 ? 'no job' : `${found.length} jobs`;
  throw new WeirError(
    'JOB_NOT_FOUND',
    `${what} of this server has an id that begins with ${prefix}; \`weir list\` shows all`,
  );
}
