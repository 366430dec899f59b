/** A profile for other tools: V8's `.cpuprofile` and folded stacks. */
import type { FlameFrame, FlameProfile, FlameTree } from '@weir/console-protocol';

/** One line a stack, outermost first, and its self time in µs: what flame graph scripts read. */
export function foldedStacks({ frames, frame, parent, self }: FlameTree): string {
  const lines: string[] = [];
  self.forEach((ms, node) => {
    const micros = Math.round(ms * 1000);
    if (micros === 0) return;
    const stack: string[] = [];
    for (let at = node; at >= 0; at = parent[at]!) stack.unshift(foldedName(frames[frame[at]!]!));
    lines.push(`${stack.join(';')} ${micros}`);
  });
  return `${lines.join('\n')}\n`;
}

/** As the DevTools of browsers and editors open it; operators and waits are frames in it. */
export function cpuProfile({ tree, from, to, samples }: FlameProfile): string {
  const { frames, frame, parent, self } = tree;
  const children: number[][] = frame.map(() => []);
  const roots: number[] = [];
  parent.forEach((above, node) => {
    (above < 0 ? roots : children[above]!).push(node + 2);
  });
  const totalMs = self.reduce((sum, ms) => sum + ms, 0);
  // Without samples, as off the CPU, one every 10 ms.
  const periodMs = samples > 0 ? totalMs / samples : 10;
  const hits = self.map((ms) => (ms === 0 ? 0 : Math.max(1, Math.round(ms / periodMs))));
  const nodes = [
    { id: 1, callFrame: callFrame('(root)', '', -1), hitCount: 0, children: roots },
    ...frame.map((at, node) => {
      const { name, file, line } = frames[at]!;
      const place = callFrame(name, file ?? '', (line ?? 0) - 1);
      return { id: node + 2, callFrame: place, hitCount: hits[node]!, children: children[node]! };
    }),
  ];
  const taken = hits.flatMap((count, node) => Array.from({ length: count }, () => node));
  return JSON.stringify({
    nodes,
    startTime: from * 1000,
    endTime: to * 1000,
    samples: taken.map((node) => node + 2),
    timeDeltas: taken.map((node) => Math.round((self[node]! * 1000) / hits[node]!)),
  });
}

function callFrame(functionName: string, url: string, lineNumber: number) {
  return { functionName, scriptId: '0', url, lineNumber, columnNumber: 0 };
}

/** Semicolons part frames. */
function foldedName({ name, file, line }: FlameFrame): string {
  const place = file === null ? '' : ` (${file}:${line ?? 0})`;
  return `${name}${place}`.replaceAll(';', ',');
}
