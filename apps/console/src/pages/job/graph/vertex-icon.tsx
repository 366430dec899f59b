/** One icon a kind of operator. */
import {
  Combine,
  FunctionSquare,
  Hourglass,
  KeyRound,
  LogIn,
  LogOut,
  Radio,
  RectangleEllipsis,
} from 'lucide-react';
import type { VertexKind } from '../../../model/vertex-kind.ts';

const ICONS: Readonly<Record<VertexKind, typeof LogIn>> = {
  source: LogOut,
  sink: LogIn,
  async: Hourglass,
  window: RectangleEllipsis,
  join: Combine,
  broadcast: Radio,
  keyed: KeyRound,
  function: FunctionSquare,
};

export function VertexIcon({ kind }: { kind: VertexKind }) {
  const Icon = ICONS[kind];
  return <Icon aria-hidden="true" />;
}
