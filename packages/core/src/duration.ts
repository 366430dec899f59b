import { WeirError } from './errors.ts';

const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  milli: 1,
  millis: 1,
  s: 1000,
  sec: 1000,
  second: 1000,
  seconds: 1000,
  m: 60_000,
  min: 60_000,
  minute: 60_000,
  minutes: 60_000,
  h: 3_600_000,
  hour: 3_600_000,
  hours: 3_600_000,
  d: 86_400_000,
  day: 86_400_000,
  days: 86_400_000,
};

/** A length of time, as java.time.Duration writes it; milliseconds inside. */
export class Duration {
  readonly ms: number;

  private constructor(ms: number) {
    this.ms = ms;
  }

  static ofMillis(ms: number): Duration {
    return new Duration(ms);
  }

  static ofSeconds(seconds: number): Duration {
    return new Duration(seconds * 1000);
  }

  static ofMinutes(minutes: number): Duration {
    return new Duration(minutes * 60_000);
  }

  static ofHours(hours: number): Duration {
    return new Duration(hours * 3_600_000);
  }

  static ofDays(days: number): Duration {
    return new Duration(days * 86_400_000);
  }

  /** Reads `10 s`, `5min`, `250 ms`, or plain milliseconds, as Flink's options do. */
  static parse(text: string): Duration {
    const match = /^\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*$/i.exec(text);
    const unit = match?.[2]?.toLowerCase() ?? '';
    const factor = unit === '' ? 1 : UNIT_MS[unit];
    if (match === null || factor === undefined) {
      throw new WeirError(
        'CONFIG_INVALID',
        `"${text}" is not a duration; write a number with ms, s, min, h or d, such as "10 s"`,
      );
    }
    return new Duration(Number(match[1]) * factor);
  }
}

/** Where a duration is asked for, milliseconds will do. */
export type DurationLike = Duration | number;

export function toMs(duration: DurationLike): number {
  return typeof duration === 'number' ? duration : duration.ms;
}
