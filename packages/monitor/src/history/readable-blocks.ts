/** Stored blocks as what they hold. */
import type { StoredBlock } from './history-storage.ts';

/** A damaged block is left out: it is a gap, as it would be if it had been lost. */
export function readableBlocks<Block>(
  stored: readonly StoredBlock[],
  unpack: (body: Uint8Array) => Block,
): Block[] {
  return stored.flatMap(({ body }) => {
    try {
      return [unpack(body)];
    } catch {
      return [];
    }
  });
}
