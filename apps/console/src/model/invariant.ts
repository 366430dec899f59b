/** A bug of the console itself; never caused by input. */
export class InvariantError extends Error {
  override readonly name = 'InvariantError';
}
