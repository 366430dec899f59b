/** What of a flame graph stands in the address. */
import { choiceParameter, countParameter, textParameter } from '../../../model/search-parameter.ts';

export const FLAME_FROM = '/c/embedded/jobs/$jobId/flame';

export interface FlameSearch {
  /** Missing = on. */
  readonly mode?: 'off' | 'mixed' | undefined;
  readonly vertex?: string | undefined;
  readonly subtask?: number | undefined;
  readonly q?: string | undefined;
  /** Path of the node that takes the width, and of the one that is selected. */
  readonly zoom?: string | undefined;
  readonly node?: string | undefined;
  /** Missing = operator. */
  readonly by?: 'package' | undefined;
  /** Missing = folded. */
  readonly engine?: 'shown' | undefined;
  /** The moment that is compared with, epoch ms. */
  readonly base?: number | undefined;
}

export type ChangeFlame = (next: Partial<FlameSearch>) => void;

/** What makes no sense is left out. */
export function flameSearchOf(search: Readonly<Record<string, unknown>>): FlameSearch {
  return {
    ...choiceParameter('mode', search.mode, ['off', 'mixed']),
    ...choiceParameter('by', search.by, ['package']),
    ...choiceParameter('engine', search.engine, ['shown']),
    ...countParameter('subtask', search.subtask),
    ...countParameter('base', search.base),
    ...textParameter('vertex', search.vertex),
    ...textParameter('q', search.q),
    ...textParameter('zoom', search.zoom),
    ...textParameter('node', search.node),
  };
}
