/**
 * A time as somebody types it, in the viewer's zone: `03:05`, `03:05:30`, `2026-11-25 03:05`, or how
 * long ago, `90s`, `7m`, `2h`, `1d`. Epoch ms.
 */
const AGO = /^-?\s*(\d+(?:\.\d+)?)\s*(s|m|min|h|d)(?:\s+ago)?$/i;
const CLOCK = /^(?:(\d{4})-(\d{1,2})-(\d{1,2})[ T])?(\d{1,2}):(\d{2})(?::(\d{2}))?$/;
const UNIT_MS: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** Null for what is no time. A clock time without a day is its last one before `now`. */
export function timeOfText(text: string, now: number): number | null {
  const typed = text.trim();
  if (typed.toLowerCase() === 'now') return now;
  const ago = AGO.exec(typed);
  if (ago !== null) {
    return Math.max(1, Math.round(now - Number(ago[1]) * UNIT_MS[ago[2]!.toLowerCase()]!));
  }
  const parts = CLOCK.exec(typed);
  if (parts === null) return null;
  const [hour, minute, second] = [parts[4], parts[5], parts[6] ?? '0'].map(Number) as [
    number,
    number,
    number,
  ];
  if (hour > 23 || minute > 59 || second > 59) return null;
  if (parts[1] !== undefined) return dated(parts, hour, minute, second);
  const day = new Date(now);
  day.setHours(hour, minute, second, 0);
  if (day.getTime() > now) day.setDate(day.getDate() - 1);
  return day.getTime();
}

function dated(parts: RegExpExecArray, hour: number, minute: number, second: number) {
  const [year, month, date] = [parts[1], parts[2], parts[3]].map(Number) as [
    number,
    number,
    number,
  ];
  const day = new Date(year, month - 1, date, hour, minute, second);
  return day.getMonth() === month - 1 && day.getDate() === date ? day.getTime() : null;
}

/** As `timeOfText` reads it. */
export function typedTime(t: number, now: number): string {
  const [then, today] = [new Date(t), new Date(now)];
  const two = (part: number) => `${part}`.padStart(2, '0');
  const clock = [then.getHours(), then.getMinutes(), then.getSeconds()].map(two).join(':');
  if (then.toDateString() === today.toDateString()) return clock;
  const date = [then.getFullYear(), then.getMonth() + 1, then.getDate()].map(two).join('-');
  return `${date} ${clock}`;
}
