/** What the history takes on disk, and its quota. */
import { type HistorySettings, type HistoryStorage, historyStorage } from '@weir/console-protocol';
import { queryOptions } from '@tanstack/react-query';
import { change, request } from './weir-client.ts';

const PATH = '/weir/v1/history';

export function historyStorageQuery() {
  return queryOptions({
    queryKey: ['history-storage'],
    queryFn: ({ signal }) => request(PATH, historyStorage, { signal }),
    refetchInterval: 10_000,
  });
}

/** @throws FlinkRestError with what is wrong with the settings. */
export function setHistory(settings: HistorySettings): Promise<HistoryStorage> {
  return request(PATH, historyStorage, change(settings, 'PUT'));
}
