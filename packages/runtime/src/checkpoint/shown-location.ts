import type { StoragePort } from '@weir/core';

/** Where a file lies, as users are told: an absolute path, or the address of another storage. */
export function shownLocation(storage: StoragePort, path: string): string {
  const root = storage.uri.replace(/^file:\/\//, '').replace(/\/+$/, '');
  return path === '' ? root : `${root}/${path.replace(/^\/+/, '')}`;
}
