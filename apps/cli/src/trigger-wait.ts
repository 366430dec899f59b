/** Waits for what Flink's REST API answers with a request id. */
import { setTimeout as delay } from 'node:timers/promises';
import { WeirError } from '@weir/core';
import { errorMessage, type FlinkRestClient } from '@weir/flink-rest';

const POLL_MS = 200;

/** Where the savepoint lies. @throws WeirError CHECKPOINT_FAILED with the server's reason. */
export async function savepointLocation(
  client: FlinkRestClient,
  jobid: string,
  triggerid: string,
): Promise<string> {
  for (;;) {
    const params = { jobid, triggerid };
    const { status, operation } = await client.call('savepointStatus', { params });
    if (status.id === 'COMPLETED') {
      const location = operation?.location;
      if (location != null) return location;
      const trace = operation?.['failure-cause']?.['stack-trace'] ?? '';
      throw new WeirError('CHECKPOINT_FAILED', `no savepoint was taken: ${errorMessage([trace])}`);
    }
    await delay(POLL_MS);
  }
}
