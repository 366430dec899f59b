/** One icon a kind of operator. */
import {
  Combine,
  FunctionSquare,
  Hourglass,
  KeyRound,
  LogIn,
  LogOut,
  type LucideIcon,
  Radio,
  RectangleEllipsis,
} from 'lucide-react';
import type { VertexKind } from '../../../model/graph/vertex-kind.ts';

const ICONS: Readonly<Record<VertexKind, LucideIcon>> = {
  source: LogOut,
  sink: LogIn,
  async: Hourglass,
  window: RectangleEllipsis,
  join: Combine,
  broadcast: Radio,
  keyed: KeyRound,
  function: FunctionSquare,
};

export function vertexIcon(kind: VertexKind): LucideIcon {
  return ICONS[kind];
}

export function VertexIcon({ kind }: { kind: VertexKind }) {
  const Icon = vertexIcon(kind);
  return <Icon aria-hidden="true" />;
}
