/** Names of vertices as the console shows them. */
/** How the console calls a vertex: its only operator, or the first of its chain by its own name. */
export function vertexTitle(vertex: {
  readonly name: string;
  readonly operators: readonly { readonly name: string }[];
}): string {
  const first = vertex.operators[0];
  return first === undefined ? vertex.name : first.name.replace(/^(Source|Sink): /, '');
}
