/** What comes from the topic `clicks`, and what goes to `click-counts`. */
import { types } from '@weir/datastream';

export interface Click {
  readonly userId: string;
  readonly page: string;
  readonly country: string;
  /** Epoch ms. */
  readonly timestamp: number;
}

export interface CheckedClick extends Click {
  readonly robot: boolean;
}

export interface ClickCount {
  readonly windowStart: string;
  readonly windowEnd: string;
  readonly page: string;
  readonly clicks: number;
  readonly users: number;
}

export const CLICK = types.object({
  userId: types.string(),
  page: types.string(),
  country: types.string(),
  timestamp: types.f64(),
});

export const CHECKED_CLICK = types.object({
  userId: types.string(),
  page: types.string(),
  country: types.string(),
  timestamp: types.f64(),
  robot: types.boolean(),
});

export const CLICK_COUNT = types.object({
  windowStart: types.string(),
  windowEnd: types.string(),
  page: types.string(),
  clicks: types.i32(),
  users: types.i32(),
});

/** @throws TypeError for a value that is no click. */
export function checkClick(value: unknown): Click {
  const { userId, page, country, timestamp } = (value ?? {}) as Partial<Click>;
  const areTexts = [userId, page, country].every((text) => typeof text === 'string');
  if (areTexts && Number.isFinite(timestamp)) return value as Click;
  throw new TypeError('a click has userId, page, country and timestamp');
}
