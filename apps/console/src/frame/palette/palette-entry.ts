/** One thing that the palette can do. */
import type { LucideIcon } from 'lucide-react';
import type { Searchable } from '../../model/palette-search.ts';

export interface PaletteEntry extends Searchable {
  readonly id: string;
  readonly icon: LucideIcon;
  /** Small text at the right. */
  readonly note: string;
  /** Marks the bottleneck. */
  readonly cause: boolean;
  /** The palette is closed before. */
  readonly run: () => void;
}
