/** Every option that the engine reads, for whoever shows or documents them. */
import type { ConfigOption } from './configuration.ts';
import * as options from './options.ts';

export const OPTIONS: readonly ConfigOption<unknown>[] = Object.values(options);
