/** What a single-precision number was before it was rounded to one: seven digits are true. */
export function shortened(value: number): number {
  return Number(value.toPrecision(7));
}
