/** A size as somebody types it: `512 MiB`, `2 GiB`, `1.5 g`. Bytes. */
const SIZE = /^(\d+(?:[.,]\d+)?)\s*(m|mi|mib|mb|g|gi|gib|gb|t|ti|tib|tb)$/i;
const UNIT: Readonly<Record<string, number>> = { m: 2 ** 20, g: 2 ** 30, t: 2 ** 40 };

/** Null for what is no size. */
export function bytesOfText(text: string): number | null {
  const parts = SIZE.exec(text.trim());
  if (parts === null) return null;
  const unit = UNIT[parts[2]!.charAt(0).toLowerCase()]!;
  return Math.round(Number(parts[1]!.replace(',', '.')) * unit);
}

/** As `bytesOfText` reads it, to the nearest hundredth. */
export function typedBytes(bytes: number): string {
  const [unit, name] = bytes >= 2 ** 30 ? [2 ** 30, 'GiB'] : [2 ** 20, 'MiB'];
  return `${Math.round((bytes / unit) * 100) / 100} ${name}`;
}
