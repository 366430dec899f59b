/** What an operator waits for outside: a dashed capsule below it, tied by a dotted line. */
import { Cloud } from 'lucide-react';
import { memo } from 'react';
import type { Node, NodeProps } from 'reactflow';
import { useJob } from '../../../live/use-live.ts';
import { callSiteParts } from '../../../model/graph/call-site.ts';
import {
  countFigure,
  durationFigure,
  figureText,
  percentFigure,
} from '../../../model/figures/figures.ts';

export type CallSiteNodeType = Node<
  { readonly vertexId: string; readonly site: string; readonly dim: boolean },
  'callSite'
>;

export const CallSiteNode = memo(function CallSiteNode({ data }: NodeProps<CallSiteNodeType>) {
  const view = useJob((store) => {
    const tick = store.vertex(data.vertexId);
    return {
      waits: figureText(percentFigure(tick?.external ?? null)),
      half: timeText(tick?.callP50Ms),
      slow: timeText(tick?.callP99Ms),
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
      title={titleOf(data.site, view)}
    >
      <div>
        <Cloud aria-hidden="true" />
        <b>{name}</b>
        <span>{system}</span>
      </div>
      <div>
        <span>
          {view.slow === null ? 'wait' : 'p99'}{' '}
          <b className={view.cause ? 'tone-fail' : undefined}>{view.slow ?? view.waits}</b>
        </span>
        <span>
          <b>{view.inFlight}</b>
          {view.capacity !== null && ` of ${figureText(countFigure(view.capacity))}`}
        </span>
      </div>
    </div>
  );
});

function timeText(ms: number | null | undefined): string | null {
  return ms == null ? null : figureText(durationFigure(ms));
}

interface Told {
  readonly waits: string;
  readonly half: string | null;
  readonly slow: string | null;
}

function titleOf(site: string, { waits, half, slow }: Told): string {
  const times =
    half === null || slow === null
      ? ''
      : `; half of the calls take at most ${half}, 99\u202f% at most ${slow}`;
  return `Calls ${site}, for which it waits ${waits} of the time${times}; calls in flight of capacity`;
}
