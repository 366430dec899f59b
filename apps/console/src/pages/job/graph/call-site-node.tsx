/** What an operator waits for outside: a dashed capsule below it, tied by a dotted line. */
import { Cloud } from 'lucide-react';
import { memo } from 'react';
import type { Node, NodeProps } from 'reactflow';
import { useJob } from '../../../live/use-live.ts';
import { callSiteParts } from '../../../model/call-site.ts';
import { countFigure, figureText, percentFigure } from '../../../model/figures.ts';

export type CallSiteNodeType = Node<
  { readonly vertexId: string; readonly site: string; readonly dim: boolean },
  'callSite'
>;

export const CallSiteNode = memo(function CallSiteNode({ data }: NodeProps<CallSiteNodeType>) {
  const view = useJob((store) => {
    const tick = store.vertex(data.vertexId);
    return {
      waits: figureText(percentFigure(tick?.external ?? null)),
      inFlight: figureText(countFigure(tick?.asyncInFlight ?? null)),
      capacity: tick?.asyncCapacity ?? null,
      cause: store.limiting === data.vertexId && (tick?.external ?? 0) >= 0.5,
    };
  }, data.vertexId);
  const { name, system } = callSiteParts(data.site);
  const names = ['call-site'];
  if (view.cause) names.push('cause');
  if (data.dim) names.push('dim');
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for form controls
    <div
      className={names.join(' ')}
      role="group"
      aria-label={`Calls to ${data.site}`}
      title={`Calls ${data.site}; share of the time that it waits, calls in flight of capacity`}
    >
      <div>
        <Cloud aria-hidden="true" />
        <b>{name}</b>
        <span>{system}</span>
      </div>
      <div>
        <span>
          wait <b className={view.cause ? 'tone-fail' : undefined}>{view.waits}</b>
        </span>
        <span>
          <b>{view.inFlight}</b>
          {view.capacity !== null && ` of ${figureText(countFigure(view.capacity))}`}
        </span>
      </div>
    </div>
  );
});
