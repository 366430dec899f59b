/** What the history takes on disk, and its quota. */
import { historyStorage } from '@weir/console-protocol';
import { queryOptions } from '@tanstack/react-query';
import { request } from './weir-client.ts';

const PATH = '/weir/v1/history';

export function historyStorageQuery() {
  return queryOptions({
    queryKey: ['history-storage'],
    queryFn: ({ signal }) => request(PATH, historyStorage, { signal }),
    refetchInterval: 10_000,
  });
}
