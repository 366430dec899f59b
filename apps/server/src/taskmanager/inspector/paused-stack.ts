/** The stack of a thread that is stopped for an instant; it goes on before this returns. */
import { setTimeout as delay } from 'node:timers/promises';
import type { InspectorLink } from './worker-inspector.ts';

const RELEASE_MS_MAX = 1000;

/** As V8 gives it; the line is 1-based, the column 0-based, null if unknown. */
export interface RawFrame {
  readonly functionName: string;
  readonly url: string;
  readonly line: number;
  readonly column: number | null;
}

interface Paused {
  readonly callFrames?: readonly {
    readonly functionName: string;
    readonly location: {
      readonly scriptId: string;
      readonly lineNumber: number;
      readonly columnNumber?: number;
    };
  }[];
}

/**
 * Innermost frame first; null when the thread ran no JavaScript for `waitMs`: it sleeps, or is in
 * a call that can't be stopped.
 */
export async function pausedStack(link: InspectorLink, waitMs: number): Promise<RawFrame[] | null> {
  const urls = new Map<string, string>();
  const paused = Promise.withResolvers<RawFrame[]>();
  link.on('Debugger.scriptParsed', (params) => {
    const { scriptId, url } = params as { scriptId: string; url: string };
    urls.set(scriptId, url);
  });
  link.on('Debugger.paused', (params) => {
    const { callFrames = [] } = params as Paused;
    paused.resolve(
      callFrames.map(({ functionName, location }) => ({
        functionName,
        url: urls.get(location.scriptId) ?? '',
        line: location.lineNumber + 1,
        column: location.columnNumber ?? null,
      })),
    );
  });
  void link.call('Debugger.enable');
  void link.call('Debugger.pause');
  const frames = await Promise.race([paused.promise, delay(waitMs, null)]);
  // A thread whose debugger leaves without these stays stopped for ever.
  void link.call('Debugger.resume');
  const released = link.call('Debugger.disable');
  await Promise.race([released, delay(RELEASE_MS_MAX, null, { ref: false })]);
  return frames;
}
