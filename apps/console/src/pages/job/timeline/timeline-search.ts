/** What of a job's timeline stands in the address. */
import { choiceParameter, textParameter } from '../../../model/search-parameter.ts';
import { SPAN_NAMES, type SpanName } from '../../../model/timeline/timeline-axis.ts';
import { ROW_KINDS, type RowKind } from '../../../model/timeline/timeline-rows.ts';

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
  return {
    ...textParameter('q', search.q),
    ...textParameter('event', search.event),
    ...choiceParameter('show', search.show, ROW_KINDS),
    ...choiceParameter('span', search.span, SPAN_NAMES),
    ...choiceParameter('group', search.group, ['none']),
  };
}
