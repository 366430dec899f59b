/**
 * A failure as the user needs it at the terminal: every message of the chain of causes, and of the
 * stacks only what is the user's own code. `weir info` shows all of it.
 */
const ENGINE_FRAME =
  /\/dist\/engine\/|\/packages\/[^/]+\/src\/|\/apps\/server\/src\/|\(node:|at node:/;
/** Code that the engine generated: `<vertex>/<operator>#<subtask>`. */
const GENERATED_FRAME = /[0-9a-f]{32}#\d+:/;

export function failureText(stacktrace: string): string {
  return stacktrace
    .trimEnd()
    .split('\n')
    .filter((line) => {
      const isFrame = line.startsWith('    at ') || line.startsWith('\tat ');
      return !isFrame || !(ENGINE_FRAME.test(line) || GENERATED_FRAME.test(line));
    })
    .join('\n');
}
