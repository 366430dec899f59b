/** What of a flame graph stands in the address. */
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
  const { mode, by, engine } = search;
  return {
    ...(mode === 'off' || mode === 'mixed' ? { mode } : {}),
    ...(by === 'package' ? { by } : {}),
    ...(engine === 'shown' ? { engine } : {}),
    ...number('subtask', search.subtask),
    ...number('base', search.base),
    ...text('vertex', search.vertex),
    ...text('q', search.q),
    ...text('zoom', search.zoom),
    ...text('node', search.node),
  };
}

function number<Key extends string>(key: Key, value: unknown): { [K in Key]?: number } {
  const fits = typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
  return (fits ? { [key]: value } : {}) as { [K in Key]?: number };
}

function text<Key extends string>(key: Key, value: unknown): { [K in Key]?: string } {
  const shown = typeof value === 'number' ? `${value}` : value;
  const fits = typeof shown === 'string' && shown !== '';
  return (fits ? { [key]: shown } : {}) as { [K in Key]?: string };
}
