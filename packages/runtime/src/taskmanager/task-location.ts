/** Which subtask of which vertex. */
export interface TaskLocation {
  readonly vertexId: string;
  readonly subtask: number;
}
