/** Times in the viewer's zone; UTC beside them for hovering. All arguments are epoch ms. */
const clock = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' });
const minute = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });

export function clockTime(t: number): string {
  return clock.format(t);
}

export function clockMinute(t: number): string {
  return minute.format(t);
}

/** The clock time, with the day when it is not today's. */
export function dayAndTime(t: number, now: number): string {
  const date = day.format(t);
  return date === day.format(now) ? clock.format(t) : `${date}, ${clock.format(t)}`;
}

export function utcTime(t: number): string {
  return `${new Date(t).toISOString().replace('T', ' ').replace('Z', '')} UTC`;
}
