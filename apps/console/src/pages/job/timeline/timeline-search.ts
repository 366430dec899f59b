/** What of a job's timeline stands in the address. */
import { textParameter } from '../../../model/search-parameter.ts';
import { SPAN_NAMES, type SpanName } from '../../../model/timeline-axis.ts';
import { ROW_KINDS, type RowKind } from '../../../model/timeline-rows.ts';

export interface TimelineSearch {
  /** The kind that is listed; missing = all. */
  readonly show?: RowKind | undefined;
  readonly q?: string | undefined;
  readonly span?: SpanName | undefined;
  readonly group?: 'none' | undefined;
  /** The selected row, or `none`. */
  readonly event?: string | undefined;
}

export function timelineSearchOf(search: Readonly<Record<string, unknown>>): TimelineSearch {
  const show = ROW_KINDS.find((one) => one === search.show);
  const span = SPAN_NAMES.find((one) => one === search.span);
  return {
    ...textParameter('q', search.q),
    ...textParameter('event', search.event),
    ...(show === undefined ? {} : { show }),
    ...(span === undefined ? {} : { span }),
    ...(search.group === 'none' ? { group: 'none' as const } : {}),
  };
}
