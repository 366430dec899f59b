/** Profiles for tests, written as folded stacks. */
import type { FlameFrame, FlameTree, FrameKind } from '@weir/console-protocol';

/** `vertex:map;user:parse;engine:emit 5`: kind and name of each frame, then ms. */
export function treeOf(...stacks: readonly string[]): FlameTree {
  const frames: FlameFrame[] = [];
  const tree = { frame: [] as number[], parent: [] as number[], self: [] as number[] };
  const nodes = new Map<string, number>();
  for (const stack of stacks) {
    const cut = stack.lastIndexOf(' ');
    let at = -1;
    let path = '';
    for (const part of stack.slice(0, cut).split(';')) {
      path += `;${part}`;
      const known = nodes.get(path);
      if (known === undefined) {
        const frame = frameAt(frames, part);
        nodes.set(path, tree.frame.length);
        tree.frame.push(frame);
        tree.parent.push(at);
        tree.self.push(0);
      }
      at = nodes.get(path)!;
    }
    tree.self[at]! += Number(stack.slice(cut + 1));
  }
  return { frames, ...tree };
}

function frameAt(frames: FlameFrame[], part: string): number {
  const [kind, name] = part.split(':') as [FrameKind, string];
  const known = frames.findIndex((frame) => frame.kind === kind && frame.name === name);
  if (known >= 0) return known;
  const isCode = kind === 'user' || kind === 'engine';
  const isPlace = kind === 'vertex' || kind === 'operator';
  frames.push({
    name,
    kind,
    file: isCode ? `jobs/${name}.ts` : null,
    line: isCode ? 12 : null,
    package: null,
    vertexId: isPlace ? name : null,
    operatorId: kind === 'operator' ? name : null,
    lines: [],
  });
  return frames.length - 1;
}
